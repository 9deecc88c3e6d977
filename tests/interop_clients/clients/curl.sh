# curl with its cookie jar, as the browser of a web site.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
name=${PREFIX}session
accept=text/html

story() { echo "ok $1"; }

fail() {
    echo "$1" >&2
    exit 1
}

# With the jar of a device. It comes by standard input: a file is read once more before the jar is written, and
# cookies that the answer has deleted are back.
get() {
    device=$1
    shift
    touch "$folder/$device"
    curl --silent --show-error --max-time 60 --cacert "$CA" --noproxy '*' \
        --cookie - --cookie-jar "$folder/$device" --header "accept: $accept" "$@" <"$folder/$device"
}

status() { get "$@" --output /dev/null --write-out '%{http_code}'; }

# Follows redirects, and prints the page, and its address on the last line.
follow() {
    answer='%{redirect_url}\n%{url_effective}'
    address=$(get "$@" --output "$folder/page" --write-out "$answer")
    while next=$(echo "$address" | head -n 1) && [ -n "$next" ]; do
        address=$(get "$1" --output "$folder/page" --write-out "$answer" "$next")
    done
    cat "$folder/page"
    printf '\n%s\n' "$(echo "$address" | tail -n 1)"
}

# Fills in the login page's form, and follows it back. Prints the page, and its address on the last line.
sign_in() {
    page=$(follow "$1" "${SITE}account")
    csrf=$(echo "$page" | sed -n 's/.*name="_csrf" value="\([^"]*\)".*/\1/p')
    action=$(echo "$page" | sed -n 's/.*<form method="post" action="\([^"]*\)".*/\1/p' | sed 's/&amp;/\&/g')
    login=$(echo "$page" | tail -n 1 | sed 's|^\(http://[^/]*\)/.*|\1|')
    [ -n "$csrf" ] || fail "no login page: $page"
    follow "$1" --header "origin: $login" \
        --data-urlencode "_csrf=$csrf" --data-urlencode "username=$USER_NAME" \
        --data-urlencode "password=$USER_PASSWORD" "$login$action"
}

# The fields of a cookie in the jar: host, whether subdomains have it, path, whether it is for TLS only, when
# it ends, value.
kept() { sed 's/^#HttpOnly_/HttpOnly /' "$folder/$1" | awk -F '\t' -v name="$2" '$6 == name'; }

page=$(sign_in one)
[ "$(echo "$page" | tail -n 1)" = "${SITE}account" ] || fail "$page"
echo "$page" | grep -q 'Hello, ' || fail "$page"
story "signs in from /account, and lands there"

expected=$(printf 'HttpOnly %s\tFALSE\t/\t%s' "$HOST" "$([ -n "$PREFIX" ] && echo TRUE || echo FALSE)")
[ "$(kept one "$name" | cut -f 1-4)" = "$expected" ] || fail "$(cat "$folder/one")"
left=$(($(kept one "$name" | cut -f 5) - $(date +%s)))
[ $left -gt 43000 ] && [ $left -le 43201 ] || fail "it lives for $left seconds"
[ "$(kept one "$name" | cut -f 7 | tr -d '\n' | wc -c)" = 89 ] || fail "$(cat "$folder/one")"
! grep -q "${PREFIX}signin-" "$folder/one" || fail "$(cat "$folder/one")"
story "keeps the session in a cookie of this host alone, out of reach of scripts, for twelve hours"

[ "$(status one --header 'origin: https://evil.example' --data '' "${SITE}logout")" = 403 ] || fail "not refused"
[ "$(status one --data '' "${SITE}logout")" = 403 ] || fail "not refused without an origin"
[ "$(status one "${SITE}session")" = 200 ] || fail "the session ended"
story "is refused a sign-out that another site posts"

cookie=$(kept one "$name" | cut -f 7)
out=$(follow one --header "origin: ${SITE%/}" --data '' "${SITE}logout")
[ "$(echo "$out" | tail -n 1)" = "${SITE}logged-out" ] || fail "$out"
[ -z "$(kept one "$name")" ] || fail "$(cat "$folder/one")"
story "signs out by a form of the site, and at the hosted page"

[ "$(status none --header "cookie: $name=$cookie" "${SITE}session")" = 401 ] || fail "the copy is good"
story "is not signed in by a copy of the old cookie"

sign_in one >/dev/null
sign_in two >/dev/null
[ "$(status one "${SITE}session")$(status two "${SITE}session")" = 200200 ] || fail "not signed in"
[ "$(status two --header "origin: ${SITE%/}" --data everywhere=true "${SITE}logout")" = 303 ] || fail "not out"
[ "$(status one "${SITE}session")$(status two "${SITE}session")" = 401401 ] || fail "still signed in"
story "is out when another device signs out everywhere"

accept='*/*'
answer=$(get one --header 'x-csrf: 1' --data '' "${SITE}logout")
echo "$answer" | grep -q '^{"logout":"http.*/logout?client_id=' || fail "$answer"
answer=$(get one "${SITE}session")
[ "$answer" = '{"error":"no_session","login":"/login"}' ] || fail "$answer"
story "as a script: is told where to sign out and where to sign in, and is not redirected"

# requests with its cookie jar, as the browser of a web site.
import html
import os
import re
import time
from urllib.parse import urljoin

import requests

site, prefix = os.environ["SITE"], os.environ["PREFIX"]
name = prefix + "session"
own = {"origin": site.rstrip("/")}


def story(name):
    print("ok", name, flush=True)


def device():
    session = requests.Session()
    session.trust_env = False
    session.verify = os.environ["CA"]
    session.headers["accept"] = "text/html"
    return session


def sign_in(session):
    page = session.get(site + "account", timeout=60)
    assert 'name="password"' in page.text, page.text
    action = html.unescape(re.search(r'<form method="post" action="([^"]*)"', page.text)[1])
    fields = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page.text))
    fields |= {"username": os.environ["USER_NAME"], "password": os.environ["USER_PASSWORD"]}
    there = urljoin(page.url, action)
    origin = {"origin": "/".join(there.split("/")[:3])}
    return session.post(there, data=fields, headers=origin, timeout=60)


def is_signed_in(session):
    status = session.get(site + "session", timeout=60).status_code
    assert status in (200, 401), status
    return status == 200


def cookie(session):
    found = [cookie for cookie in session.cookies if cookie.name == name]
    assert len(found) <= 1, found
    return found[0] if found else None


one = device()
page = sign_in(one)
assert (page.status_code, page.url) == (200, site + "account"), (page.status_code, page.url)
assert "Hello, " in page.text, page.text
story("signs in from /account, and lands there")

kept = cookie(one)
assert (kept.domain, kept.domain_specified, kept.path) == (os.environ["HOST"], False, "/"), kept
assert kept.secure == (prefix != ""), kept
assert kept.has_nonstandard_attr("HttpOnly") and kept.get_nonstandard_attr("SameSite") == "Lax"
assert 43000 < kept.expires - time.time() <= 43201, kept.expires
assert len(kept.value) == 89, kept.value
assert not [cookie.name for cookie in one.cookies if cookie.name.startswith(prefix + "signin-")]
story("keeps the session in a cookie of this host alone, out of reach of scripts, for twelve hours")

for origin in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {}):
    refused = one.post(site + "logout", headers=origin, timeout=60)
    assert refused.status_code == 403 and "set-cookie" not in refused.headers, refused.headers
assert is_signed_in(one)
story("is refused a sign-out that another site posts")

out = one.post(site + "logout", headers=own, timeout=60)
assert out.url == site + "logged-out", out.url
assert ["/logout", "/logout"] == [answer.url.split("?")[0][-7:] for answer in out.history]
assert cookie(one) is None
story("signs out by a form of the site, and at the hosted page")

thief = device()
thief.headers["cookie"] = f"{name}={kept.value}"
assert not is_signed_in(thief)
story("is not signed in by a copy of the old cookie")

two = device()
sign_in(one)
sign_in(two)
assert is_signed_in(one) and is_signed_in(two)
out = two.post(site + "logout", data={"everywhere": "true"}, headers=own, timeout=60)
assert out.url == site + "logged-out", out.url
assert not is_signed_in(one) and not is_signed_in(two)
story("is out when another device signs out everywhere")

script = {"accept": "*/*", "x-csrf": "1"}
answer = one.post(site + "logout", headers=script, timeout=60)
assert answer.status_code == 200 and not answer.history, answer
assert "/logout?client_id=" in answer.json()["logout"], answer.text
answer = one.get(site + "session", headers=script, timeout=60)
assert answer.json() == {"error": "no_session", "login": "/login"}, answer.text
assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
story("as a script: is told where to sign out and where to sign in, and is not redirected")

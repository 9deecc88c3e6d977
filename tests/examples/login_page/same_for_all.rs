//! No page tells who has an account, except for the sign-up, which has to.

use super::real_pool::{SECRET, pool, start};
use super::{PASSWORD, Page, Visitor, between, said};

/// What differs by chance or by the name that was typed: the sealed challenge, and the masked address.
fn without_the_name(page: &Page, name: &str) -> String {
    let mut text = page.body.replace(name, "NAME");
    if text.contains("name=\"challenge\"") {
        let sealed = between(&text, "name=\"challenge\" value=\"", "\"").to_owned();
        text = text.replace(&sealed, "SEALED");
    }
    if let Some((before, after)) = text.clone().split_once("We sent it by e-mail to ") {
        let (masked, after) = after.split_once(".</p>").unwrap();
        assert!(masked.contains("***@"), "{masked}");
        text = format!("{before}MASKED{after}");
    }
    text
}

#[tokio::test]
async fn a_page_for_a_user_who_does_not_exist_is_that_for_one_who_does() {
    let Some((_example, visitor)) = Visitor::start() else { return };
    // The page, the form, and its fields.
    let rows = [
        ("sign-in", "/sign-in", &[("password", "wrong"), ("way", "password")][..], 422),
        ("sign-in", "/sign-in", &[("way", "code")], 200),
        ("sign-in", "/sign-in", &[("way", "passkey")], 200),
        ("forgot-password", "/forgot-password", &[], 200),
        ("confirm", "/confirm/resend", &[], 200),
        ("confirm", "/confirm", &[("code", "000000")], 422),
    ];
    for (path, action, fields, status) in rows {
        let mut pages = Vec::new();
        for name in ["alice", "mallory"] {
            let mut visitor = Visitor::new(&visitor.home);
            let page = visitor.get(path).await;
            let name = ("username", name);
            let page = match action {
                "/confirm/resend" => visitor.send_to(&page, ("/confirm", action), name.1).await,
                _ => visitor.send(&page, action, &[&[name], fields].concat()).await,
            };
            assert_eq!(page.status, status, "{action} {fields:?}: {}", page.body);
            pages.push(without_the_name(&page, name.1));
        }
        assert_eq!(pages[0], pages[1], "{action} {fields:?}");
    }
}

/// The second pages: a code for an account that there is not is a wrong code.
#[tokio::test]
async fn so_is_the_page_after_a_wrong_code() {
    let Some((_example, visitor)) = Visitor::start() else { return };
    let mut pages = Vec::new();
    for name in ["alice", "mallory"] {
        let mut visitor = Visitor::new(&visitor.home);
        let name = ("username", name);
        let page = visitor.get("forgot-password").await;
        let page = visitor.send(&page, "/forgot-password", &[name]).await;
        let fields = [name, ("code", "000000"), ("new_password", "An0ther-Passw0rd")];
        let reset = visitor.send(&page, "/forgot-password/reset", &fields).await;
        let page = visitor.get("sign-in").await;
        let page = visitor.send(&page, "/sign-in", &[name, ("way", "code")]).await;
        let code = visitor.send(&page, "/sign-in/challenge", &[("code", "00000000")]).await;
        assert_eq!((reset.status, code.status), (422, 422));
        assert!(said(&reset).starts_with("This code is not right,"), "{}", said(&reset));
        assert!(said(&code).starts_with("This code is not right."), "{}", said(&code));
        pages.push([reset, code].map(|page| without_the_name(&page, name.1)));
    }
    assert_eq!(pages[0], pages[1]);
}

/// What the pool answers for a user who is disabled, who waits for the confirmation, or who has entered too many wrong
/// codes, is not for the visitor.
#[tokio::test]
async fn no_form_with_a_code_tells_what_the_pool_knows_of_an_account() {
    for is_disabled in [false, true] {
        let pool = pool().await;
        let Some((_example, mut visitor)) = start(&pool, SECRET) else { return };
        let page = visitor.get("sign-up").await;
        let fields = [("username", "erin"), ("email", "erin@example.com"), ("password", PASSWORD)];
        visitor.send(&page, "/sign-up", &fields).await;
        if is_disabled {
            assert!(pool.disable_user("alice"));
        }
        let mut expected: Option<Vec<String>> = None;
        for name in ["mallory", "alice", "erin"] {
            let mut visitor = Visitor::new(&visitor.home);
            let page = visitor.get("forgot-password").await;
            let reset = visitor.send(&page, "/forgot-password", &[("username", name)]).await;
            let confirm = visitor.get("confirm").await;
            let mut pages = vec![without_the_name(&reset, name)];
            for _ in 0..6 {
                for (page, action) in [(&reset, "/forgot-password/reset"), (&confirm, "/confirm")] {
                    let fields = [
                        ("username", name),
                        ("code", "000000"),
                        ("new_password", "An0ther-Passw0rd"),
                    ];
                    let refused = visitor.send(page, action, &fields).await;
                    assert_eq!(refused.status, 422, "{action} {name}: {}", refused.body);
                    pages.push(without_the_name(&refused, name));
                }
            }
            assert_eq!(*expected.get_or_insert_with(|| pages.clone()), pages, "{name}");
        }
    }
}

/// Cognito tells of any password that an account waits for its confirmation. The page does not.
#[tokio::test]
async fn a_sign_in_does_not_tell_who_has_signed_up() {
    let Some((_example, mut visitor)) = Visitor::start() else { return };
    let page = visitor.get("sign-up").await;
    let fields = [("username", "erin"), ("email", "erin@example.com"), ("password", PASSWORD)];
    let page = visitor.send(&page, "/sign-up", &fields).await;
    assert!(said(&page).starts_with("A code is on its way"), "{}", said(&page));
    let mut pages = Vec::new();
    for (name, password) in [("mallory", "wrong"), ("erin", "wrong"), ("erin", PASSWORD)] {
        let page = Visitor::new(&visitor.home).sign_in(name, password).await;
        assert_eq!(page.status, 422, "{name}: {}", page.body);
        pages.push(without_the_name(&page, name));
    }
    assert_eq!(pages[0], pages[1]);
    assert_eq!(pages[0], pages[2]);
}

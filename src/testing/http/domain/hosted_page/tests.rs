//! Tests of `testing::http::domain::hosted_page`.

use super::*;

#[test]
fn values_are_escaped_and_not_filled_in_twice() {
    assert_eq!(escape(r#"<a href='x' b="&">"#), "&lt;a href=&#39;x&#39; b=&quot;&amp;&quot;&gt;");
    let values = [("a", "{{b}}"), ("b", "2")];
    assert_eq!(fill("{{a}}-{{b}}-{{c}}", &values), "{{b}}-2-");
    assert!(hidden("a", "\"><script>").contains("value=\"&quot;&gt;&lt;script&gt;\""));
    assert!(alert(Some("<b>")).contains("&lt;b&gt;"));
    assert_eq!((alert(None), said(None)), (String::new(), String::new()));
}

#[test]
fn the_template_uses_no_script_and_nothing_from_elsewhere() {
    for template in [PAGE, STYLE] {
        for word in ["<script", "javascript:", "http:", "https:", "url(", "@import", "onload"] {
            assert!(!template.contains(word), "{word}");
        }
    }
    let names = [
        "style",
        "pool",
        "said",
        "error",
        "action",
        "attributes",
        "csrf",
        "fields",
        "button",
        "links",
        "script",
    ];
    for name in names {
        assert_eq!(PAGE.matches(&format!("{{{{{name}}}}}")).count(), 1, "{name}");
    }
}

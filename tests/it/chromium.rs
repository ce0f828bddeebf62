//! The chat page as a person meets it, in a real browser.

use baton::domain::command::OperatorAct;
use baton::domain::conversation::Disposition;
use baton::domain::id::ConversationId;
use serde_json::Value;

use crate::devtools::{Browser, Page};
use crate::house::{Desk, House};

/// The browser, or a printed line why the test does not run.
fn browser() -> Option<Browser> {
    let browser = Browser::start();
    if browser.is_none() {
        let demanded = std::env::var("BATON_TEST_REQUIRE").is_ok_and(|value| value == "all");
        assert!(!demanded, "no Chromium here, and BATON_TEST_REQUIRE=all: install it");
        println!("skipped: no Chromium here; install it to test the chat page");
    }
    browser
}

/// Writes a message with the keyboard and waits until it is on disk.
async fn say(page: &mut Page, text: &str) {
    page.eval("document.getElementById('text').focus()").await;
    page.write(text).await;
    page.press("Enter", 13).await;
    page.until(&format!(
        "[...document.querySelectorAll('#log .mine')].some((item) => item.innerText.includes({}) && \
         item.innerText.includes('stored'))",
        Value::from(text)
    ))
    .await;
}

async fn until_speaker(page: &mut Page, words: &str) {
    page.until(&format!("document.getElementById('speaker').textContent.includes({})", Value::from(words))).await;
}

async fn until_said(page: &mut Page, words: &str) {
    page.until(&format!("document.getElementById('log').innerText.includes({})", Value::from(words))).await;
}

/// Presses a button as a pointer does.
async fn click(page: &mut Page, id: &str) {
    page.until(&format!("!document.getElementById('{id}').disabled")).await;
    page.eval(&format!("document.getElementById('{id}').click()")).await;
}

async fn conversation(page: &mut Page) -> ConversationId {
    let kept = page.eval("JSON.parse(sessionStorage.getItem('baton:')).conversation").await;
    kept.as_str().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_converses_meets_a_specialist_and_a_human_and_rates() {
    let Some(browser) = browser() else { return };
    let house = House::start().await;
    let mut page = browser.open(&format!("{}/chat", house.url())).await;
    until_said(&mut page, "AI").await;
    until_speaker(&mut page, "AI").await;
    assert!(page.eval("document.getElementById('notice').innerText").await.as_str().unwrap().contains("AI"));
    let id = conversation(&mut page).await;

    say(&mut page, "I was charged twice for order 1182").await;
    page.until("document.querySelector('#log .message:not(.mine) .bubble')").await;
    until_speaker(&mut page, "billing").await;
    page.until("document.querySelector('#log .house.change')").await;
    page.picture("specialist").await;

    let mut desk = Desk::open(&house).await;
    click(&mut page, "human").await;
    until_speaker(&mut page, "person").await;
    page.picture("waiting").await;
    click(&mut page, "later").await;
    until_said(&mut page, "will write to you here").await;
    page.until("document.getElementById('later').hidden").await;
    click(&mut page, "leave").await;
    until_speaker(&mut page, "an AI").await;
    assert_eq!(page.eval("document.getElementById('line').hidden").await, true);
    click(&mut page, "human").await;
    until_speaker(&mut page, "person").await;
    desk.act(OperatorAct::TakeOver { conversation: id, reason: None }).await;
    desk.act(OperatorAct::Reply { conversation: id, text: "Hello, I am here now.".into(), untranslated: false }).await;
    until_said(&mut page, "Hello, I am here now.").await;
    page.until("document.querySelector('#log .person .bubble')").await;
    until_speaker(&mut page, "a person").await;
    assert_eq!(page.eval("document.getElementById('human').hidden").await, true);
    page.picture("human").await;
    say(&mut page, "Thank you <img src=x onerror=alert(1)>").await;
    assert_eq!(page.eval("document.querySelectorAll('#log img').length").await, 0, "text is text");

    desk.act(OperatorAct::HandBack { conversation: id, to: None, note: None }).await;
    until_speaker(&mut page, "an AI").await;

    let house = house.restart().await;
    page.until("document.getElementById('connection').hidden").await;
    say(&mut page, "Are you still there?").await;

    let mut desk = Desk::open(&house).await;
    desk.act(OperatorAct::Resolve { conversation: id, disposition: Disposition::Solved }).await;
    page.until("!document.getElementById('rating').hidden").await;
    page.eval("document.getElementById('star4').click()").await;
    page.eval("document.getElementById('comment').value = 'quick and friendly'").await;
    page.picture("rating").await;
    page.eval("document.getElementById('rating').requestSubmit()").await;
    page.until("document.getElementById('over-text').textContent.includes('Thank you')").await;

    let before = messages(&mut page).await;
    page.call("Page.reload", serde_json::json!({})).await;
    page.until("document.querySelectorAll('#log .mine').length >= 3").await;
    page.until("document.getElementById('connection').hidden && !document.getElementById('over').hidden").await;
    assert_eq!(messages(&mut page).await, before, "a reload shows the same, each message once");
    let faults = page.console.iter().filter(|line| !line.contains("WebSocket") && !line.contains("ERR_CONNECTION"));
    assert_eq!(faults.count(), 0, "{:?}", page.console);
    house.stop().await;
}

/// All bubbles in order.
async fn messages(page: &mut Page) -> Value {
    page.eval("[...document.querySelectorAll('#log .bubble')].map((bubble) => bubble.textContent)").await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_can_be_heard_and_used_without_a_pointer() {
    let Some(browser) = browser() else { return };
    let house = House::start().await;
    let mut page = browser.open(&format!("{}/chat", house.url())).await;
    page.until("!document.getElementById('human').disabled").await;
    let told = page.accessible().await;
    for (role, name) in [
        ("main", "Support chat"),
        ("heading", "Support chat"),
        ("log", "Messages"),
        ("textbox", "Your message"),
        ("button", "Talk to a person"),
        ("button", "Send"),
        ("link", "Skip to the message field"),
    ] {
        assert!(told.iter().any(|(r, n)| r == role && n == name), "no {role} `{name}` in {told:?}");
    }
    assert!(told.iter().all(|(role, name)| role != "button" || !name.is_empty()), "a button without a name");
    let live = page.eval("document.getElementById('log').getAttribute('aria-live')").await;
    assert_eq!(live, "polite");
    // From the top by Tab alone: the link, the person, the messages, the field.
    let mut stops = Vec::new();
    for _ in 0..4 {
        page.press("Tab", 9).await;
        stops.push(page.eval("document.activeElement.id || document.activeElement.className").await);
    }
    assert_eq!(stops, ["skip", "human", "log", "text"]);
    for width in [320, 1200] {
        let size = serde_json::json!({ "width": width, "height": 640, "deviceScaleFactor": 1, "mobile": width < 400 });
        page.call("Emulation.setDeviceMetricsOverride", size).await;
        let overflow = page.eval("document.documentElement.scrollWidth - innerWidth").await;
        assert!(overflow.as_i64().unwrap() <= 0, "{overflow} pixels too wide at {width}");
        page.picture(&format!("width-{width}")).await;
    }
    let dark = serde_json::json!({ "features": [{ "name": "prefers-color-scheme", "value": "dark" }] });
    page.call("Emulation.setEmulatedMedia", dark).await;
    for (text, ground) in
        [("--text", "--card"), ("--soft", "--card"), ("--accent", "--card"), ("--mine-text", "--mine")]
    {
        let contrast = page.eval(&contrast(text, ground)).await;
        assert!(contrast.as_f64().unwrap() >= 4.5, "{text} on {ground} in the dark: {contrast}");
    }
    let light = serde_json::json!({ "features": [{ "name": "prefers-color-scheme", "value": "light" }] });
    page.call("Emulation.setEmulatedMedia", light).await;
    for (text, ground) in
        [("--text", "--card"), ("--soft", "--card"), ("--accent", "--card"), ("--warn", "--warn-back")]
    {
        let contrast = page.eval(&contrast(text, ground)).await;
        assert!(contrast.as_f64().unwrap() >= 4.5, "{text} on {ground} in the light: {contrast}");
    }
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_changed_where_it_stands_and_answered_anew() {
    let Some(browser) = browser() else { return };
    let house = House::start().await;
    let mut page = browser.open(&format!("{}/chat", house.url())).await;
    until_speaker(&mut page, "AI").await;
    say(&mut page, "I was charged twice for order 1182").await;
    page.until("document.querySelector('#log .message:not(.mine) .bubble')").await;
    let mine = "document.querySelectorAll('#log .mine')";
    page.eval(&format!("{mine}[0].querySelector('button.edit').click()")).await;
    assert_eq!(page.eval("document.getElementById('text').value").await, "I was charged twice for order 1182");
    page.eval("document.getElementById('text').value = ''").await;
    page.write("I was charged twice for order 1183").await;
    page.press("Enter", 13).await;
    page.until(&format!("{mine}[0].innerText.includes('1183') && {mine}[0].innerText.includes('edited')")).await;
    assert_eq!(page.eval(&format!("{mine}.length")).await, 1, "it stands where it stood");
    // A page that comes anew is told of the message and of the edit, and shows the same.
    page.eval("window.before = true; location.reload()").await;
    page.until(&format!("!window.before && {mine}[0] && {mine}[0].innerText.includes('1183')")).await;
    assert_eq!(page.eval(&format!("{mine}.length")).await, 1);
    house.stop().await;
}

/// The contrast of two colours of the page as WCAG 2.2 computes it.
fn contrast(text: &str, ground: &str) -> String {
    format!(
        "(() => {{
            const light = (name) => {{
                const hex = getComputedStyle(document.documentElement).getPropertyValue(name).trim().slice(1);
                const part = (at) => {{
                    const c = parseInt(hex.slice(at, at + 2), 16) / 255;
                    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
                }};
                return 0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4);
            }};
            const [high, low] = [light('{text}'), light('{ground}')].sort((a, b) => b - a);
            return (high + 0.05) / (low + 0.05);
        }})()"
    )
}

/// Lets files fall onto the page, as a pointer would.
async fn let_fall(page: &mut Page, name: &str, content: &str) {
    let (name, content) = (Value::from(name), Value::from(content));
    page.eval(&format!(
        "(() => {{ const all = new DataTransfer(); all.items.add(new File([{content}], {name})); \
         document.getElementById('chat').dispatchEvent(new DragEvent('drop', \
         {{ dataTransfer: all, bubbles: true, cancelable: true }})); }})()"
    ))
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_dropped_is_sent_and_one_that_is_not_taken_says_why() {
    let Some(browser) = browser() else { return };
    let house = House::start().await;
    let mut page = browser.open(&format!("{}/chat", house.url())).await;
    until_speaker(&mut page, "AI").await;
    let waiting = |words: &str| format!("document.getElementById('files').innerText.includes({})", Value::from(words));
    let_fall(&mut page, "drawing.svg", "<svg onload='alert(1)'/>").await;
    page.until(&waiting("not taken: files of this kind are not taken here")).await;
    assert_eq!(page.eval("document.getElementById('send').disabled").await, true, "nothing goes out with it");
    page.picture("file-refused").await;
    page.eval("document.querySelector('#files button').click()").await;
    page.until("document.getElementById('files').hidden").await;

    let_fall(&mut page, "invoice <b>.pdf", "%PDF-1.7 an invoice").await;
    page.until(&waiting("ready to send")).await;
    page.picture("file-ready").await;
    say(&mut page, "I was charged twice for order 1182").await;
    page.until(
        "[...document.querySelectorAll('#log .mine')].some((item) => item.innerText.includes('▤ invoice <b>.pdf'))",
    )
    .await;
    assert_eq!(page.eval("document.querySelectorAll('#log b').length").await, 0, "a name is text");
    // A file alone is a message too, and a reload shows both again.
    let_fall(&mut page, "second.txt", "just words").await;
    page.until(&waiting("ready to send")).await;
    page.eval("document.getElementById('composer').requestSubmit()").await;
    let shown = "[...document.querySelectorAll('#log .mine')].filter((item) => item.innerText.includes('▤') && \
                 item.innerText.includes('stored')).length === 2";
    page.until(shown).await;
    page.picture("file-sent").await;
    page.call("Page.reload", serde_json::json!({})).await;
    page.until(shown).await;
    let faults = page.console.iter().filter(|line| !line.contains("415"));
    assert_eq!(faults.count(), 0, "{:?}", page.console);
    house.stop().await;
}

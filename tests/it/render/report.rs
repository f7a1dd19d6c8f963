//! `fleetc report`: the page, in a real browser, by keyboard and mouse.

use crate::support::{Browser, Fleet};

const FLEET: &str = r#"
fleet shop {
  facts { environment: "test" | "production", region: String }
  rings environment = ["test", "production"]
}
catalogue addons {
  source charts = helm "https://charts.example.com"
  addon web {
    source = charts
    version = "1.0.0"
    values { replicas = 1, bucket = "\(cluster.name)-<b>\(cluster.region)</b>", html = "</script><script>document.title = 'broken'</script>" }
  }
  addon cache { source = charts, version = "2.0.0" }
}
override web when cluster.environment == "test" {
  version = "1.1.0"
  values.replicas = 2
}
override web when cluster.region == "nowhere" { values.replicas = 9 }
group test {
  environment = "test"
  cluster t1 {
    region = "eu-west-1"
    use addons
    override web { values.replicas = 3 }
  }
}
group production {
  environment = "production"
  cluster p1 {
    region = "eu-west-1"
    use addons
  }
  cluster p2 {
    region = "us-east-1"
    use addons
    drop addons.cache
  }
}
"#;

fn page(fleet: &Fleet) -> std::path::PathBuf {
    let run = fleet.run(&["report", "--out", "page.html"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    std::path::Path::new(&fleet.path()).join("page.html")
}

#[test]
fn the_page_is_used_by_keyboard_and_mouse() {
    let fleet = Fleet::new(FLEET);
    let Some(mut browser) = Browser::open(&page(&fleet)) else { return };
    let texts = |selector: &str| format!("[...document.querySelectorAll({selector:?})].map(it => it.textContent)");
    assert_eq!(browser.eval("document.title"), "shop: clusters and add-ons");
    assert_eq!(browser.eval("document.getElementById('counts').textContent"), "3 clusters, 2 add-ons");
    assert_eq!(browser.eval(&texts(".name")), serde_json::json!(["p1", "p2", "t1"]));
    assert_eq!(browser.eval(&texts(".cell")), serde_json::json!(["2.0.0", "1.0.0", "·", "1.0.0", "2.0.0", "1.1.0"]));
    // Versions and rings have their colours, and what a cluster says itself its mark.
    let color = |nth: usize| format!("getComputedStyle(document.querySelectorAll('.cell')[{nth}]).backgroundColor");
    assert_ne!(browser.eval(&color(1)), browser.eval(&color(5)), "an older version stands out");
    assert_eq!(browser.eval("[...document.querySelectorAll('.cell.own')].length"), 1);
    let ring = |nth: usize| format!("getComputedStyle(document.querySelectorAll('.name')[{nth}]).borderLeftColor");
    assert_ne!(browser.eval(&ring(0)), browser.eval(&ring(2)), "rings differ");
    browser.look("matrix");

    // By keyboard: to the last cluster's `web`, and into it.
    browser.eval("document.getElementById('grid').focus()");
    for key in ["End", "ArrowDown", "ArrowDown", "Enter"] {
        browser.press(key);
    }
    let title = "document.getElementById('panel-title').textContent";
    assert_eq!(browser.eval(title), "web 1.1.0 on t1");
    let row = |path: &str| {
        format!(
            "[...document.querySelectorAll('#leaves tr')].find(it => it.cells[0].textContent === {path:?})?.innerText"
        )
    };
    let replicas = browser.eval(&row("values.replicas"));
    let replicas = replicas.as_str().expect("a row");
    assert!(replicas.contains('3') && replicas.contains("cluster `t1` · fleet.fleet:25"), "{replicas}");
    assert!(
        replicas.contains("instead of 2 of override `web`") && replicas.contains("instead of 1 of addon"),
        "{replicas}"
    );
    let bucket = browser.eval(&row("values.bucket"));
    assert!(bucket.as_str().expect("a row").contains("\"t1-<b>eu-west-1</b>\""), "{bucket}");
    browser.look("cell");
    browser.eval("document.getElementById('values').focus()");
    browser.write("replicas");
    assert_eq!(browser.eval("document.querySelectorAll('#leaves tr').length"), 1);
    browser.press("Escape");
    assert_eq!(browser.eval("document.getElementById('panel').hidden"), true);
    assert_eq!(browser.eval("document.activeElement.id"), "grid", "one is where one was");

    // Search, by what facts say.
    browser.press("/");
    browser.write("region=us");
    browser.wait_for("document.querySelectorAll('.row').length === 1");
    assert_eq!(browser.eval(&texts(".name")), serde_json::json!(["p2"]));
    browser.eval("document.getElementById('search').value = ''; document.getElementById('search').dispatchEvent(new Event('input'))");
    browser.click("#drift");
    browser.wait_for("document.querySelectorAll('.column').length === 1");
    assert_eq!(browser.eval(&texts(".column")), serde_json::json!(["web"]));
    browser.click("#drift");
    browser.wait_for("document.querySelectorAll('.column').length === 2");
    browser.eval("document.getElementById('ring').value = 'test'; document.getElementById('ring').dispatchEvent(new Event('change'))");
    browser.wait_for("document.querySelectorAll('.row').length === 1");
    assert_eq!(browser.eval(&texts(".name")), serde_json::json!(["t1"]));

    // By mouse, and the other views.
    browser.click(".cell");
    assert_eq!(browser.eval(title), "cache 2.0.0 on t1");
    assert_eq!(browser.eval("location.hash"), "#t1/cache");
    browser.press("Escape");
    browser.click("#tab-picture");
    assert_eq!(browser.eval("document.querySelector('#picture svg title').textContent"), "shop");
    assert!(browser.eval("document.querySelector('#picture svg').getBoundingClientRect().height > 100") == true);
    browser.look("picture");
    browser.press("ArrowRight");
    let warnings = browser.eval("document.getElementById('warnings').innerText");
    assert!(warnings.as_str().expect("a text").contains("W05"), "{warnings}");
    assert_eq!(browser.eval("document.activeElement.id"), "tab-warnings");
    browser.click("#warnings summary");
    let opened = browser.eval("document.querySelector('#warnings pre').innerText");
    assert!(opened.as_str().expect("a text").contains("fleet.fleet:"), "{opened}");
    browser.look("warnings");
}

/// However many clusters there are, what can be seen is what is drawn.
#[test]
fn a_thousand_clusters_are_drawn_as_they_are_looked_at() {
    let addons: Vec<String> =
        (0..50).map(|nth| format!("addon a{nth} {{ source = charts, version = \"1.{nth}.0\" }}")).collect();
    let clusters: Vec<String> =
        (0..1000).map(|nth| format!("cluster c{nth:04} {{\n number = {nth}\n use addons\n}}")).collect();
    let (addons, clusters) = (addons.join("\n"), clusters.join("\n"));
    let fleet = Fleet::new(&format!(
        "fleet big {{ facts {{ number: Int }} }}\ncatalogue addons {{\n source charts = helm \"https://charts.example.com\"\n{addons}\n}}\n{clusters}\n"
    ));
    let page = page(&fleet);
    let size = std::fs::metadata(&page).expect("a page").len();
    assert!(size < 2_000_000, "the page has {size} bytes");
    let Some(mut browser) = Browser::open(&page) else { return };
    assert!(browser.eval("document.querySelectorAll('.row').length < 60") == true);
    if std::env::var_os("FLEETC_MEASURE").is_some() {
        measure(&mut browser, size);
    }
    browser.eval("document.getElementById('grid').focus()");
    browser.press("ArrowDown");
    for _ in 0..10 {
        browser.press("PageDown");
    }
    browser.wait_for("document.querySelector('.at.name') && document.querySelector('.at.name').textContent > 'c0100'");
    browser.press("/");
    browser.write("number=999");
    browser.wait_for("document.querySelectorAll('.row').length === 1");
    browser.press("Enter");
    browser.press("Enter");
    assert_eq!(browser.eval("document.getElementById('panel-title').textContent"), "a0 1.0.0 on c0999");
}

/// Prints how long a person waits: for the page, and for each key of a search.
fn measure(browser: &mut Browser, size: u64) {
    browser.wait_for("performance.getEntriesByName('first-contentful-paint').length > 0");
    let paint = browser.eval("performance.getEntriesByName('first-contentful-paint')[0].startTime");
    let filter = browser.eval(
        "(async () => {
          const [search, times] = [document.getElementById('search'), []];
          for (const text of ['c', 'c0', 'c01', 'number=9', '', 'c0999', '']) {
            const begin = performance.now();
            search.value = text;
            search.dispatchEvent(new Event('input'));
            await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
            times.push(performance.now() - begin);
          }
          return Math.max(...times);
        })()",
    );
    eprintln!("1,000 × 50: {size} bytes, first paint after {paint} ms, a key of a search within {filter} ms");
}

#[test]
fn a_value_that_refers_to_a_fact_is_told_by_its_setter() {
    let text = FLEET.replace("region: String }", "region: String, size: Int = 4 }");
    let text = text
        .replace("values.replicas = 2", "values.replicas = cluster.size")
        .replace("override web { values.replicas = 3 }", "");
    // The fact may have layers of its own.
    let overridden = text.replace(
        "environment = \"test\"\n  cluster t1 {",
        "environment = \"test\"\n  size = 7\n  cluster t1 {\n    size = 9",
    );
    assert_ne!(overridden, text);
    for (text, wanted) in [(text, "4"), (overridden, "9")] {
        let line = 1 + text.lines().position(|it| it.contains("cluster.size")).expect("the override");
        let html = std::fs::read_to_string(page(&Fleet::new(&text))).expect("the page");
        let data = html.lines().find(|it| it.contains("\"values.replicas\"")).expect("data");
        let json = &data[data.find('{').expect("an object")..=data.rfind('}').expect("its end")];
        let data: serde_json::Value = serde_json::from_str(json).expect("JSON");
        let addons = data["addons"].as_array().expect("add-ons");
        let web = addons.iter().find(|it| it["name"] == "web").expect("the add-on");
        let variants = web["variants"].as_array().expect("variants");
        let of_t1 = variants.iter().find(|it| it["version"] == "1.1.0").expect("t1");
        let leaf =
            of_t1["leaves"].as_array().expect("leaves").iter().find(|it| it[0] == "values.replicas").expect("it");
        let place = |layer: &serde_json::Value| {
            data["layers"][usize::try_from(layer.as_u64().expect("a layer")).expect("small")][1].clone()
        };
        assert_eq!((leaf[1].as_str(), place(&leaf[2])), (Some(wanted), format!("fleet.fleet:{line}").into()));
        // Below it is the add-on's own value, and nothing of the fact.
        assert_eq!(leaf.as_array().map(Vec::len), Some(4), "{leaf}");
        assert_eq!(leaf[3][0], "1");
    }
}

#[test]
fn the_page_is_used_on_a_phone() {
    let fleet = Fleet::new(FLEET);
    let Some(mut browser) = Browser::open(&page(&fleet)) else { return };
    for (width, height) in [(360, 740), (740, 360)] {
        browser.phone(width, height);
        browser.wait_for(&format!("innerWidth === {width}"));
        // Nothing stands beside the screen, and there is room for rows.
        assert_eq!(browser.eval("document.documentElement.scrollWidth <= innerWidth"), true, "{width}");
        assert_eq!(browser.eval("document.getElementById('grid').clientHeight >= 250"), true, "{width}");
        browser.wait_for("document.querySelectorAll('.row').length === 3");
        assert_eq!(browser.eval("document.querySelector('.name').clientWidth + 2 * document.querySelector('.cell').clientWidth <= innerWidth"), true);
        // Rows are where the style has them, however high it makes them.
        let follow = "[...document.querySelectorAll('.row')].every((it, nth, all) => nth === 0 || it.getBoundingClientRect().top >= all[nth - 1].getBoundingClientRect().bottom - 1)";
        assert_eq!(browser.eval(follow), true, "{width}");
        browser.eval("document.querySelector('.row .cell:not(.none)').click()");
        browser.wait_for("!document.getElementById('panel').hidden");
        let inside = "[...document.querySelectorAll('#panel, #panel *')].every(it => it.getBoundingClientRect().right <= innerWidth + 1)";
        assert_eq!(browser.eval(inside), true, "{width}");
        browser.eval("document.getElementById('close').click()");
        browser.wait_for("document.getElementById('panel').hidden");
    }
}

/// The data of a large fleet is packed, and the page is what it would be.
#[test]
fn a_large_page_is_packed() {
    use std::fmt::Write as _;
    let mut text = FLEET.to_owned();
    for nth in 0..300_u32 {
        // No two alike, so that no two clusters share a variant.
        let noise: String = (0..60_u32)
            .map(|it| char::from(b'a' + u8::try_from((nth * 31 + it * it * 7) % 26).expect("a letter")))
            .collect();
        let _ = write!(
            text,
            "cluster c{nth:03} {{\n  environment = \"production\"\n  region = \"us-east-1\"\n  use addons\n  override web {{ values {{ a = \"{noise}\", b = \"{nth}\", c {{ d = \"{noise}-{nth}\" }} }} }}\n}}\n"
        );
    }
    let fleet = Fleet::new(&text);
    let page = page(&fleet);
    let html = std::fs::read_to_string(&page).expect("the page");
    assert!(html.contains("type=\"application/gzip\"") && html.len() < 400_000, "{}", html.len());
    let Some(mut browser) = Browser::open(&page) else { return };
    browser.wait_for("document.getElementById('counts').textContent === '303 clusters, 2 add-ons'");
    browser.press("/");
    browser.write("c123");
    browser.wait_for("document.querySelectorAll('.row').length === 1");
    assert_eq!(browser.eval("document.querySelector('.name').textContent"), "c123");
}

//! Pages follow each other without gaps and doubles, whatever is added meanwhile.

use super::*;

/// What a page links to as the next one.
fn older(page: &str) -> Option<String> {
    let (before, _) = page.split_once("\" rel=\"next\">Older</a>")?;
    Some(before.rsplit_once("href=\"")?.1.replace("&#38;", "&"))
}

/// Lines of the places in a page.
fn lines(page: &str) -> Vec<u32> {
    let line = |row: &str| {
        let (place, _) = row.split_once("</span>").unwrap();
        place.strip_prefix("a.py:").unwrap().parse().unwrap()
    };
    page.split("<span class=\"place\">").skip(1).map(line).collect()
}

/// Findings of which each has a line of its own.
fn at(lines: impl Iterator<Item = u32>) -> Vec<Finding> {
    lines.map(|line| finding(&SLEEP, "a.py", line)).collect()
}

#[tokio::test]
async fn pages_have_each_finding_once_while_others_are_added() {
    on_every_store(async |store| {
        let now = Utc::now();
        let reviewed = async |number: i64, head: u32, found: Vec<Finding>| {
            let head = format!("{head:x}");
            let of = revision(&change("octo/app", number), &head, RevisionState::Open);
            review(&store, &of, found, now).await;
        };
        for number in 1..=4 {
            reviewed(number, 0, at((number as u32 * 45)..(number as u32 * 45 + 45))).await;
        }
        let addr = serve(store.clone()).await;
        let mut new = 1000;
        for start in ["/findings", "/findings?repository=octo/app&path=a.py"] {
            let before: Vec<_> = {
                let (found, _) = json(addr, start.trim_start_matches("/findings")).await;
                found.iter().map(|finding| finding["line"].as_u64().unwrap() as u32).collect()
            };
            let (mut next, mut seen, mut full) = (Some(start.to_owned()), Vec::new(), 0);
            while let Some(path) = next {
                let page = get(addr, &path).await;
                let listed = lines(&page);
                full += usize::from(listed.len() == 50);
                seen.extend(listed);
                next = older(&page);
                // Of a new change, and of one whose first findings are not seen yet.
                reviewed(i64::from(new), 1, at(new..new + 3)).await;
                reviewed(1, new, at((45..90).chain(new + 3..new + 6))).await;
                new += 10;
            }
            assert_eq!(seen, before, "{start}");
            assert_eq!(full, before.len() / 50, "{start}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_latest_review_comes_first_and_each_in_its_order() {
    on_every_store(async |store| {
        for (number, lines) in [(1, [5, 9, 7]), (2, [3, 1, 2])] {
            let of = revision(&change("octo/app", number), "a", RevisionState::Open);
            review(&store, &of, at(lines.into_iter()), Utc::now()).await;
        }
        let addr = serve(store).await;
        for path in ["/findings", "/findings?repository=octo/app"] {
            assert_eq!(lines(&get(addr, path).await), [3, 1, 2, 5, 9, 7], "{path}");
        }
    })
    .await;
}

//! Whatever stands in findings or is asked for stays text.

use super::*;

const PATH: &str = "src/<b>50%_'\";--/a.py";

fn hostile() -> Finding {
    let mut hostile = finding(&SLEEP, PATH, 3);
    hostile.message = "=HYPERLINK(\"https://x\") <script>alert('1')</script>".to_owned();
    hostile
}

async fn fill(store: &Store) {
    let mut open = revision(&change("octo/app", 7), "a", RevisionState::Open);
    open.title = "@title, \"quoted\"\n<i>".to_owned();
    let found = vec![hostile(), finding(&TASK, "src/plain.py", 9)];
    review(store, &open, found, Utc::now()).await;
}

#[tokio::test]
async fn a_path_is_searched_for_as_it_is_written() {
    on_every_store(async |store| {
        fill(&store).await;
        let addr = serve(store).await;
        for (query, expected) in [
            ("?path=%25", 1),
            ("?path=_", 1),
            ("?path=50%25_%27%22%3B--", 1),
            ("?path=%3Cb%3E", 1),
            ("?path=s%25a", 0),
            ("?path=plain_py", 0),
            ("?path=%27%20OR%201%3D1%20--", 0),
            ("?path=%5C", 0),
            ("?rule=%27%20OR%20%27%27%3D%27", 0),
            ("?path=src", 2),
        ] {
            assert_eq!(json(addr, query).await.0.len(), expected, "{query}");
            let page = get(addr, &format!("/findings{query}")).await;
            assert_eq!(rows(&page), expected, "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn pages_hold_no_markup_of_others() {
    on_every_store(async |store| {
        fill(&store).await;
        let addr = serve(store).await;
        let asked = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E";
        for query in [
            String::new(),
            format!("?path={asked}"),
            format!("?rule={asked}"),
            format!("?repository={asked}"),
        ] {
            let page = get(addr, &format!("/findings{query}")).await;
            assert_holds(&page, &["HTTP/1.1 200"]);
            for raw in ["<script>", "<b>50", "<i>"] {
                assert!(!page.contains(raw), "{raw} in\n{page}");
            }
        }
        let page = get(addr, "/findings").await;
        assert_holds(&page, &["&lt;script&gt;", "src/&#60;b&#62;50%_&#39;&#34;;--/a.py:3"]);
    })
    .await;
}

#[tokio::test]
async fn what_can_t_be_asked_for_is_refused_with_the_reason() {
    on_every_store(async |store| {
        fill(&store).await;
        let addr = serve(store).await;
        let long = "x".repeat(501);
        let cases = [
            ("severity=worst".to_owned(), "`severity` is one of critical, high, medium, low"),
            ("state=gone".to_owned(), "`state` is one of open, left, fixed, settled"),
            ("before=7".to_owned(), "`before` is no place in this list"),
            ("before=1-x".to_owned(), "`before` is no place in this list"),
            ("before=-1-2".to_owned(), "`before` is no place in this list"),
            ("before=99999999999999999999-1".to_owned(), "`before` is no place in this list"),
            ("repository=sourcehut:a/b".to_owned(), "`repository` is `platform:full/name`"),
            ("path=a%00b".to_owned(), "`path` holds a NUL"),
            ("rule=a%00b".to_owned(), "`rule` holds a NUL"),
            ("repository=a%00b".to_owned(), "`repository` holds a NUL"),
            (format!("path={long}"), "`path` is longer than 500 bytes"),
            (format!("rule={long}"), "`rule` is longer than 500 bytes"),
            (format!("repository={long}"), "`repository` is longer than 500 bytes"),
            ("rule=AW501&rule=AW206".to_owned(), "duplicate field"),
        ];
        for (query, reason) in &cases {
            for page in ["/findings", "/findings.csv", "/findings.json"] {
                let (head, body) = file(addr, &format!("{page}?{query}")).await;
                assert!(head.starts_with("HTTP/1.0 400"), "{page}?{query}: {head}");
                assert!(body.contains(reason), "{page}?{query}: {body}");
            }
        }
        // As long as may be.
        let (head, _) = file(addr, &format!("/findings?path={}", "x".repeat(500))).await;
        assert!(head.starts_with("HTTP/1.0 200"), "{head}");
        let (head, _) =
            file(addr, "/findings?before=9223372036854775807-9223372036854775807").await;
        assert!(head.starts_with("HTTP/1.0 200"), "{head}");
    })
    .await;
}

#[tokio::test]
async fn spreadsheets_find_no_formulas_in_a_file() {
    on_every_store(async |store| {
        fill(&store).await;
        let addr = serve(store).await;
        let (head, body) = file(addr, "/findings.csv").await;
        assert_holds(
            &head.to_lowercase(),
            &["text/csv; charset=utf-8", "attachment; filename=\"findings.csv\"", "nosniff"],
        );
        let mut reader = csv::Reader::from_reader(body.as_bytes());
        let columns = reader.headers().unwrap().clone();
        let records: Vec<_> = reader.records().map(Result::unwrap).collect();
        let cell = |row: usize, name: &str| {
            records[row].get(columns.iter().position(|column| column == name).unwrap()).unwrap()
        };
        assert_eq!(records.len(), 2);
        assert_eq!(cell(0, "message"), format!("'{}", hostile().message));
        assert_eq!(cell(0, "change_request_title"), "'@title, \"quoted\"\n<i>");
        assert_eq!((cell(0, "path"), cell(0, "line")), (PATH, "3"));
        assert_eq!((cell(1, "path"), cell(1, "state")), ("src/plain.py", "open"));
        let formulas = ['=', '+', '-', '@', '\t', '\r'];
        for record in &records {
            assert!(record.iter().all(|cell| !cell.starts_with(formulas)), "{record:?}");
        }
        // JSON is read by programs, which take it as it is.
        assert_eq!(json(addr, "").await.0[0]["message"], hostile().message);
    })
    .await;
}

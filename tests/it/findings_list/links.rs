//! Where the list leads, and what leads to it.

use super::*;

#[tokio::test]
async fn a_finding_leads_to_its_rule_its_review_and_its_code() {
    on_every_store(async |store| {
        let now = Utc::now();
        let mut open = revision(&change("octo/app", 7), "a", RevisionState::Open);
        open.web_url = "https://forge.example/octo/app/pull/7".to_owned();
        let key = review(&store, &open, vec![finding(&SLEEP, "src/a b.py", 3)], now).await;
        let addr = serve(store.clone()).await;
        let page = get(addr, "/findings").await;
        let code =
            format!("https://forge.example/octo/app/blob/{}/src/a%20b.py#L3", "a".repeat(40));
        assert_holds(&page, &[&format!("href=\"{code}\"")]);
        assert_holds(&page, &["href=\"/rules/AW501\"", &format!("href=\"/reviews/{key}\"")]);
        assert_holds(&page, &["href=\"/repositories/github/octo/app\"", "<b>Open</b>"]);
        assert!(!page.contains("commented"), "{page}");
        assert_eq!(json(addr, "").await.0[0]["code_url"], code);

        let mut other = revision(&change("octo/app", 8), "b", RevisionState::Open);
        other.web_url = "javascript:alert('/pull/8')".to_owned();
        review(&store, &other, vec![finding(&SLEEP, "a.py", 3)], now).await;
        assert!(!get(addr, "/findings").await.contains("javascript:"), "a web address alone");
    })
    .await;
}

#[tokio::test]
async fn a_finding_says_what_became_of_it() {
    on_every_store(async |store| {
        fill(&store, Utc::now()).await;
        let addr = serve(store).await;
        let page = get(addr, "/findings?state=settled").await;
        assert_holds(&page, &["<b>Settled</b> by ada, by a command, <time", "6 hours ago</time>"]);
        assert_holds(&page, &["<q>it ends &#60;soon&#62;</q>", "commented</a>"]);
        let page = get(addr, "/findings?state=left").await;
        assert_holds(&page, &["<b>Left open</b> when it was merged"]);
        let page = get(addr, "/findings?state=fixed").await;
        assert_holds(&page, &["<b>Fixed</b>, <time", "5 hours ago</time>"]);
    })
    .await;
}

#[tokio::test]
async fn a_repository_s_numbers_lead_to_as_many_findings() {
    on_every_store(async |store| {
        fill(&store, Utc::now()).await;
        let addr = serve(store).await;
        let page = get(addr, "/repositories/github/octo/app").await;
        let findings = "/findings?repository=github%3Aocto%2Fapp";
        assert_holds(&page, &[&format!("href=\"{findings}\">All findings")]);
        let links: Vec<_> = page.split(&format!("href=\"{findings}&amp;")).skip(1).collect();
        for link in &links {
            let (query, rest) = link.split_once('"').unwrap();
            let (_, rest) = rest.split_once('>').unwrap();
            let number: usize = rest.split_once('<').unwrap().0.parse().unwrap();
            let query = format!("?repository=github:octo/app&{}", query.replace("&amp;", "&"));
            assert_eq!(json(addr, &query).await.0.len(), number, "{query}");
        }
        // AW501: all, open, fixed; AW206: all, open, settled.
        assert_eq!(links.len(), 6, "{page}");
        assert_holds(&page, &["<a href=\"/findings\">Findings</a>"]);
    })
    .await;
}

#[tokio::test]
async fn a_former_name_finds_the_repository() {
    on_every_store(async |store| {
        let now = Utc::now();
        let mut renamed = change("acme/shop", 1);
        let of = revision(&renamed, "a", RevisionState::Open);
        review(&store, &of, vec![finding(&SLEEP, "a.py", 3)], now).await;
        renamed.repository.full_name = "acme/market".to_owned();
        review(&store, &revision(&renamed, "b", RevisionState::Open), Vec::new(), now).await;
        let addr = serve(store).await;
        let page = get(addr, "/findings?repository=github:acme/shop").await;
        assert_holds(&page, &["value=\"github:acme/market\"", "<b>Fixed</b>"]);
        assert_eq!(rows(&page), 1);
    })
    .await;
}

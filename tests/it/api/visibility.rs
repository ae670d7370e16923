//! A token shows what its person can read, and nothing of the rest.

use asyncwarden::store::access_tokens::Scope;
use chrono::Utc;
use serde_json::Value;

use super::world::{Api, fill, on_every_store, person, repository, token};

#[tokio::test]
async fn a_person_sees_what_they_can_read() {
    on_every_store(async |settings, store| {
        fill(&store, Utc::now()).await;
        let ada = person(&settings, "ada", &["octo/app", "group/sub/api"]).await;
        let eve = person(&settings, "eve", &[]).await;
        let ada = token(&store, ada, 1, &[Scope::Read], 30).await;
        let eve = token(&store, eve, 2, &[Scope::Read], 30).await;
        let api = Api::serve(store).await;
        let seen = api.get_as(&ada, "/api/v1/repositories").await;
        assert_eq!(seen.each("/full_name"), ["octo/app", "group/sub/api"]);
        let none: [Value; 0] = [];
        assert_eq!(api.get_as(&eve, "/api/v1/repositories").await.items(), none);
        assert_eq!(api.get_as(&ada, "/api/v1/findings").await.items().len(), 3);
        assert_eq!(api.get_as(&eve, "/api/v1/findings").await.items(), none);

        let secret = repository(&api, "octo/secret").await;
        let filtered = format!("/api/v1/findings?repository={secret}");
        assert_eq!(api.get(&filtered).await.items().len(), 1);
        assert_eq!(api.get_as(&ada, &filtered).await.items(), none);
        let reviews = api.get(&format!("/api/v1/repositories/{secret}/reviews")).await;
        let review = reviews.items()[0]["url"].as_str().unwrap();
        let change = reviews.items()[0]["change_request"]["url"].as_str().unwrap();
        let of_repository = [
            "",
            "/trend",
            "/flow",
            "/rules",
            "/passes",
            "/files",
            "/checklist",
            "/default-branch",
            "/kept-findings",
            "/change-requests",
            "/reviews",
        ];
        let hidden = of_repository.map(|what| format!("/api/v1/repositories/{secret}{what}"));
        for path in hidden.iter().map(String::as_str).chain([review, change]) {
            assert_eq!(api.get(path).await.status, 200, "{path}");
            assert_eq!(api.get_as(&ada, path).await.status, 404, "{path}");
        }
        let own = repository(&api, "octo/app").await;
        for what in of_repository {
            let path = format!("/api/v1/repositories/{own}{what}");
            assert_eq!(api.get_as(&ada, &path).await.status, 200, "{path}");
            assert_eq!(api.get_as(&eve, &path).await.status, 404, "{path}");
        }
    })
    .await;
}

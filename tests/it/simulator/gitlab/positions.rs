//! Positions that GitLab refuses, and those that it takes although they are wrong.

use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use super::GitLab;

/// The line code of a line of `lib/app.py`.
fn code(numbers: &str) -> String {
    format!("{}_{numbers}", hex::encode(Sha1::digest("lib/app.py")))
}

fn end(numbers: &str, kind: Option<&str>, old_line: Option<u32>, new_line: Option<u32>) -> Value {
    json!({ "line_code": code(numbers), "type": kind, "old_line": old_line, "new_line": new_line })
}

/// How a position was taken: status, and what is wrong with it nevertheless.
async fn posted(gitlab: &GitLab, position: Value) -> (u16, Vec<String>) {
    let body = json!({ "body": "b", "position": position });
    let (status, _) = gitlab.post("/merge_requests/1/discussions", body).await;
    (status, std::mem::take(&mut gitlab.simulator.state().violations))
}

#[tokio::test]
async fn a_range_has_two_right_ends_in_order() {
    let gitlab = GitLab::start().await;
    for (start, last, wrong) in [
        // Lines 2 (shown) to 4 (added), 11 (shown by no hunk) to 12.
        (end("2_2", None, Some(2), Some(2)), end("5_4", Some("new"), None, Some(4)), 0),
        (
            end("11_11", Some("expanded"), Some(11), Some(11)),
            end("5_4", Some("new"), None, Some(4)),
            1,
        ),
        (end("2_2", Some("expanded"), Some(2), Some(2)), end("5_4", Some("new"), None, Some(4)), 1),
        (end("3_4", Some("new"), None, Some(4)), end("5_4", Some("new"), None, Some(4)), 1),
        (end("2_3", None, Some(2), Some(3)), end("5_4", Some("new"), None, Some(4)), 1),
        (end("2_2", Some("new"), None, Some(2)), end("5_4", Some("new"), None, Some(4)), 2),
    ] {
        let mut position = gitlab.position(None, Some(4)).await;
        position["line_range"] = json!({ "start": start, "end": last });
        let (status, violations) = posted(&gitlab, position.clone()).await;
        assert_eq!((status, violations.len()), (201, wrong), "{start} {violations:?}");
    }
    let mut position = gitlab.position(None, Some(4)).await;
    position["line_range"] = json!({ "start": end("2_2", None, Some(2), Some(2)) });
    assert_eq!(posted(&gitlab, position).await.0, 400, "it has no end");
    gitlab.server.stop().await;
}

#[tokio::test]
async fn a_position_is_of_one_version_and_of_its_files() {
    let gitlab = GitLab::start().await;
    let mut new = gitlab.position(None, Some(1)).await;
    (new["old_path"], new["new_path"]) = (json!("new.py"), json!("new.py"));
    assert_eq!(posted(&gitlab, new.clone()).await, (201, Vec::new()));
    new["old_line"] = json!(1);
    assert_eq!(posted(&gitlab, new).await.0, 400, "a new file has no old lines");
    let mut foreign = gitlab.position(None, Some(4)).await;
    foreign["head_sha"] = json!("0".repeat(40));
    assert_eq!(posted(&gitlab, foreign).await.0, 400);
    let mut mixed = gitlab.position(None, Some(4)).await;
    mixed["old_path"] = json!("new.py");
    assert_eq!(posted(&gitlab, mixed).await.0, 400, "two files");
    let nowhere = gitlab.position(None, None).await;
    let body = json!({ "body": "b", "position": nowhere });
    let (status, answer) = gitlab.post("/merge_requests/1/discussions", body).await;
    assert!(status == 400 && answer.to_string().contains("is incomplete"), "{answer}");
    gitlab.server.stop().await;
}

#[tokio::test]
async fn a_renamed_file_is_named_by_both_of_its_names() {
    let gitlab = GitLab::start().await;
    {
        let mut state = gitlab.simulator.state();
        let renamed = [("lib/app.py", None), ("lib/moved.py", Some(super::AFTER))];
        state.push(gitlab.repository, "feature", renamed);
    }
    let mut position = gitlab.position(None, Some(4)).await;
    assert_eq!(posted(&gitlab, position.clone()).await.0, 400, "there is no such file");
    position["new_path"] = json!("lib/moved.py");
    assert_eq!(posted(&gitlab, position.clone()).await, (201, Vec::new()));
    position["old_path"] = json!("lib/moved.py");
    assert_eq!(posted(&gitlab, position.clone()).await.0, 400, "it was not there before");
    gitlab.server.stop().await;
}

#[tokio::test]
async fn a_whole_file_is_commented_since_16_4_and_has_no_lines() {
    let gitlab = GitLab::start().await;
    let mut position = gitlab.position(None, None).await;
    position["position_type"] = json!("file");
    assert_eq!(posted(&gitlab, position.clone()).await, (201, Vec::new()));
    let mut on_line = position.clone();
    on_line["new_line"] = json!(4);
    assert_eq!(posted(&gitlab, on_line).await.1.len(), 1);
    gitlab.simulator.state().gitlab.version = "16.3.2".to_owned();
    assert_eq!(posted(&gitlab, position).await.0, 400);
    gitlab.server.stop().await;
}

#[tokio::test]
async fn a_file_that_is_too_large_takes_comments_where_nothing_was_changed() {
    let gitlab = GitLab::start().await;
    gitlab.simulator.state().gitlab.too_large.insert("lib/app.py".to_owned());
    let diffs = gitlab.get("/merge_requests/1/diffs").await;
    assert_eq!((&diffs[0]["diff"], &diffs[0]["too_large"]), (&json!(""), &json!(true)));
    for (old, new, status) in [(None, Some(4), 400), (Some(4), None, 400), (Some(5), Some(5), 201)]
    {
        let position = gitlab.position(old, new).await;
        assert_eq!(posted(&gitlab, position).await.0, status, "{old:?} {new:?}");
    }
    let mut position = gitlab.position(None, None).await;
    position["position_type"] = json!("file");
    assert_eq!(posted(&gitlab, position).await.0, 201);
    gitlab.server.stop().await;
}

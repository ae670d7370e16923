//! What a check run says beside lines: annotations, which can only be appended, and only so many at a time.

use serde_json::{Value, json};

use super::gate::{LONGEST_TITLE, TRIES, cut, output, state_body};
use super::http::Call;
use super::wire::{AnnotationWire, CheckRunWire};
use super::{At, GitHub, parse};
use crate::analysis::Severity;
use crate::forge::ForgeError;
use crate::forge::call::Repeatable;
use crate::forge::connection::segment;
use crate::review::{Annotation, Gate};

/// GitHub takes no more annotations in one request.
const CHUNK: usize = 50;
/// Longest message of an annotation in bytes.
const LONGEST_MESSAGE: usize = 60_000;

impl GitHub {
    /// Appends the annotations that the run doesn't have and completes it with the last of them, so that a completed run
    /// has all that it will have. Each request appends, so after a lost answer it is looked up which ones stand.
    /// Annotations are an extra: what GitHub refuses of them is left out, the gate stands without.
    pub(super) async fn complete(
        &self,
        at: &At<'_>,
        id: &str,
        gate: &Gate,
    ) -> Result<(), ForgeError> {
        let mut rest = self.missing_annotations(at, id, gate).await?;
        let mut lost = 0;
        while !rest.is_empty() {
            let chunk = &rest[..rest.len().min(CHUNK)];
            let last = chunk.len() == rest.len();
            let mut body = if last { state_body(gate) } else { json!({ "output": output(gate) }) };
            body["output"]["annotations"] = chunk.iter().copied().map(annotation).collect();
            let sent = chunk.len();
            match self.patch(at, id, body, Repeatable::No).await {
                Ok(_) if last => return Ok(()),
                Ok(_) => drop(rest.drain(..sent)),
                Err(error) if error.is_ambiguous() && lost < TRIES => {
                    lost += 1;
                    at.installation.lane.settle().await;
                    rest = self.missing_annotations(at, id, gate).await?;
                }
                Err(ForgeError::Status { status: 422, message, .. }) => {
                    tracing::warn!(annotations = sent, "GitHub refuses annotations: {message}");
                    rest.drain(..sent);
                }
                Err(error) if error.is_ambiguous() => {
                    tracing::warn!(%error, annotations = rest.len(), "annotations are left out");
                    rest.clear();
                }
                Err(error) => return Err(error),
            }
        }
        self.set_state(at, id, gate).await
    }

    /// The annotations that the run doesn't have yet. Their order is not relied on: what has a comment by now is moved
    /// back in it.
    async fn missing_annotations<'g>(
        &self,
        at: &At<'_>,
        id: &str,
        gate: &'g Gate,
    ) -> Result<Vec<&'g Annotation>, ForgeError> {
        let mut rest: Vec<&Annotation> = gate.annotations.iter().collect();
        if self.read_run(at, id).await?.annotations() == 0 {
            return Ok(rest);
        }
        let path = format!("/check-runs/{}/annotations?per_page=100", segment(id));
        let url = self.repository_url(at.repository, &path)?;
        let standing: Vec<AnnotationWire> = self.list(at, "list annotations", url, 10_000).await?;
        for one in standing {
            if let Some(same) = rest.iter().position(|own| one.is(own)) {
                rest.remove(same);
            }
        }
        Ok(rest)
    }

    async fn read_run(&self, at: &At<'_>, id: &str) -> Result<CheckRunWire, ForgeError> {
        let url = self.repository_url(at.repository, &format!("/check-runs/{}", segment(id)))?;
        let answer = self.call(at, "read check run", Repeatable::Yes, &Call::get(url)).await?;
        parse("read check run", &answer)
    }
}

impl CheckRunWire {
    fn annotations(&self) -> usize {
        self.output.as_ref().and_then(|output| output.annotations_count).unwrap_or(0)
    }
}

impl AnnotationWire {
    fn is(&self, own: &Annotation) -> bool {
        let title: String = own.title.chars().take(LONGEST_TITLE).collect();
        self.path == own.place.path
            && self.start_line == own.place.line.max(1)
            && self.title.as_deref().unwrap_or_default() == title
    }
}

fn annotation(annotation: &Annotation) -> Value {
    let place = &annotation.place;
    let line = place.line.max(1);
    let end_line = place.end_line.max(line);
    let level = match annotation.severity {
        Severity::Critical | Severity::High => "failure",
        Severity::Medium => "warning",
        Severity::Low => "notice",
    };
    let mut wire = json!({
        "path": place.path,
        "start_line": line,
        "end_line": end_line,
        "annotation_level": level,
        "message": cut(&annotation.message, LONGEST_MESSAGE),
        "title": annotation.title.chars().take(LONGEST_TITLE).collect::<String>(),
    });
    // Columns only within one line; GitHub's last one belongs to the range, ours stands behind it.
    if line == end_line && place.column >= 1 {
        wire["start_column"] = json!(place.column);
        wire["end_column"] = json!(place.end_column.saturating_sub(1).max(place.column));
    }
    wire
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Place;

    #[test]
    fn columns_are_given_within_one_line_only() {
        let at = |line, end_line, column, end_column| {
            let place = Place { path: "a.py".to_owned(), line, end_line, column, end_column };
            let severity = Severity::Medium;
            let wire = annotation(&Annotation {
                place,
                severity,
                title: String::new(),
                message: "m".to_owned(),
            });
            (wire["start_column"].as_u64(), wire["end_column"].as_u64())
        };
        assert_eq!(at(3, 3, 5, 9), (Some(5), Some(8)));
        assert_eq!(at(3, 3, 5, 5), (Some(5), Some(5)));
        assert_eq!(at(3, 4, 5, 9), (None, None));
    }
}

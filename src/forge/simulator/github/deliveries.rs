//! What was sent to the App's webhook, and how it is sent again.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::super::Simulator;
use super::super::model::State;
use super::super::webhooks::{Payload, Receiver};
use super::call::Call;
use super::render::time;
use super::reply::{Answer, Refusal, ok};

/// An attempt to deliver something.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Number of the attempt; newer ones have greater numbers.
    pub id: i64,
    /// The same for all attempts.
    pub guid: String,
    /// When it was sent.
    pub delivered_at: DateTime<Utc>,
    /// Whether it was sent before.
    pub redelivery: bool,
    /// Status of the receiver's answer; 0 without one.
    pub status_code: u16,
    /// What was sent.
    pub payload: Payload,
    /// Where to; a further attempt goes there, too.
    pub receiver: Receiver,
}

impl Delivery {
    fn json(&self) -> Value {
        let body = &self.payload.body;
        let status = match StatusCode::from_u16(self.status_code) {
            Ok(status) if status.is_success() => "OK".to_owned(),
            Ok(status) => format!("Invalid HTTP Response: {}", status.as_u16()),
            Err(_) => "failed to connect to host".to_owned(),
        };
        json!({
            "id": self.id,
            "guid": self.guid,
            "delivered_at": time(self.delivered_at),
            "redelivery": self.redelivery,
            "duration": 0.03,
            "status": status,
            "status_code": self.status_code,
            "event": self.payload.event,
            "action": body["action"],
            "installation_id": body["installation"]["id"],
            "repository_id": body["repository"]["id"],
            "throttled_at": null,
        })
    }
}

/// Keeps an attempt.
pub(in super::super) fn keep(
    state: &mut State,
    receiver: &Receiver,
    payload: &Payload,
    guid: &str,
    delivered_at: DateTime<Utc>,
    status_code: u16,
) {
    let delivery = Delivery {
        id: state.next_id(),
        guid: guid.to_owned(),
        delivered_at,
        redelivery: state.github.deliveries.iter().any(|before| before.guid == guid),
        status_code,
        payload: payload.clone(),
        receiver: receiver.clone(),
    };
    state.github.deliveries.push(delivery);
}

/// `GET /app/hook/deliveries`: the newest first, from a cursor on.
pub(super) fn list(state: &State, call: &Call<'_>) -> Answer {
    let size = call.query.number("per_page", 30).min(100);
    let before = match call.query.get("cursor") {
        None => i64::MAX,
        Some(cursor) => cursor
            .strip_prefix("v1_")
            .and_then(|id| id.parse().ok())
            .ok_or_else(|| Refusal::new(StatusCode::BAD_REQUEST, "Invalid cursor"))?,
    };
    let mut older = state.github.deliveries.iter().rev().filter(|it| it.id < before);
    let page: Vec<&Delivery> = older.by_ref().take(size).collect();
    let mut response = ok(page.iter().map(|delivery| delivery.json()).collect());
    if let Some(last) = page.last().filter(|_| older.next().is_some()) {
        let cursor = format!("v1_{}", last.id);
        let link = format!("<{}?per_page={size}&cursor={cursor}>; rel=\"next\"", call.url());
        if let Ok(link) = HeaderValue::from_str(&link) {
            response.headers_mut().insert(header::LINK, link);
        }
    }
    Ok(response)
}

/// `POST /app/hook/deliveries/{id}/attempts`
pub(super) fn attempt(state: &mut State, id: i64) -> Answer {
    if !state.github.deliveries.iter().any(|delivery| delivery.id == id) {
        return Err(Refusal::not_found());
    }
    state.github.asked_for.push(id);
    state.github.asked += 1;
    Ok((StatusCode::ACCEPTED, axum::Json(json!({}))).into_response())
}

/// Sends what was asked for, each behind the back of who asked.
pub(super) fn send_again(simulator: &Simulator, state: &mut State) {
    for id in std::mem::take(&mut state.github.asked_for) {
        let delivery = state.github.deliveries.iter().find(|delivery| delivery.id == id).cloned();
        let (simulator, Some(delivery)) = (simulator.clone(), delivery) else { continue };
        tokio::spawn(async move {
            // How it ends is listed.
            let _ = simulator.send(&delivery.receiver, &delivery.payload, &delivery.guid).await;
        });
    }
}

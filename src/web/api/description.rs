//! The API as OpenAPI 3.1: made from the routes, completed by what holds for all of them.

use serde_json::{Value, json};
use utoipa::openapi::header::Header;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::tag::Tag;
use utoipa::openapi::{
    Components, Content, Info, License, OpenApi, Ref, RefOr, Required, Response, ResponseBuilder,
};
use utoipa::{PartialSchema, ToSchema};

use super::problem::{MEDIA_TYPE, Problem};

/// The name of the way to prove oneself with a token.
const TOKEN: &str = "access_token";

const ABOUT: &str = "Everything on the pages, for programs. \
    Lists come in parts: send `next_cursor` of an answer as `cursor` for the next part, or follow the header `Link`. \
    Answers have an `ETag`: send it as `If-None-Match`, and what did not change is not sent again. \
    Errors are problems (RFC 9457). Times are UTC (RFC 3339).";

/// Groups of operations in their order.
const TAGS: [(&str, &str); 8] = [
    ("index", "Where to begin."),
    ("me", "Who calls, and what the access token is good for."),
    ("repositories", "Repositories and their trends."),
    ("change requests", "Pull requests and merge requests: pushes, and what became of findings."),
    ("reviews", "What each review found."),
    ("findings", "The findings of all repositories, filtered."),
    ("rules", "What a review looks for."),
    ("operations", "The service's queue, for admins."),
];

/// The description, for a service where callers need a token, or for one that is `open` to all.
pub(super) fn for_callers(open: bool) -> Value {
    // It is made of texts and numbers alone.
    let mut api = serde_json::to_value(complete(open)).unwrap_or_default();
    name_items(&mut api["components"]["schemas"]);
    api
}

/// Lists name the type of their items, of which they would repeat all otherwise.
fn name_items(schemas: &mut Value) {
    for (name, schema) in schemas.as_object_mut().into_iter().flatten() {
        if let Some((_, item)) = name.split_once('_') {
            let item = Ref::from_schema_name(item);
            schema["properties"]["items"]["items"] = json!({ "$ref": item.ref_location });
        }
    }
}

fn complete(open: bool) -> OpenApi {
    let mut api = super::operations().into_openapi();
    api.info = Info::new("asyncwarden", env!("CARGO_PKG_VERSION"));
    api.info.description = Some(ABOUT.to_owned());
    api.info.license = Some(License::new("Apache-2.0"));
    api.tags = Some(
        TAGS.map(|(name, about)| {
            let mut tag = Tag::new(name);
            tag.description = Some(about.to_owned());
            tag
        })
        .into(),
    );
    let components = api.components.get_or_insert_default();
    components.schemas.insert(Problem::name().into_owned(), Problem::schema());
    components.responses =
        REFUSALS.map(|refusal| (refusal.name.to_owned(), refusal.response())).into();
    add_schemes(components);
    for item in api.paths.paths.values_mut() {
        let PathItem { get, post, .. } = item;
        if let Some(read) = get {
            add_tag(read);
            add_refusals(read, open, false);
        }
        if let Some(written) = post {
            add_refusals(written, open, true);
        }
    }
    api
}

fn add_schemes(components: &mut Components) {
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("awp_…")
        .description(Some("An access token, made on the page `/account/tokens`."));
    components.add_security_scheme(TOKEN, SecurityScheme::Http(token.build()));
}

/// A refusal that several operations have.
struct Refusal {
    status: &'static str,
    name: &'static str,
    about: &'static str,
    header: Option<(&'static str, &'static str, Type)>,
}

const CHALLENGE: (&str, &str, Type) =
    ("WWW-Authenticate", "How to prove oneself (RFC 6750).", Type::String);

const REFUSALS: [Refusal; 7] = [
    Refusal {
        status: "400",
        name: "InvalidRequest",
        about: "A parameter is unknown, given twice, or not of the values that are allowed",
        header: None,
    },
    Refusal {
        status: "401",
        name: "NotAuthenticated",
        about: "No access token was sent, or one that is unknown, revoked or over its time",
        header: Some(CHALLENGE),
    },
    Refusal {
        status: "403",
        name: "Forbidden",
        about: "The access token lacks the scope, or its person may not do this",
        header: None,
    },
    Refusal {
        status: "404",
        name: "NotFound",
        about: "There is no such thing, or the caller can't read its repository",
        header: None,
    },
    Refusal { status: "408", name: "TimedOut", about: "The answer took too long", header: None },
    Refusal {
        status: "500",
        name: "InternalError",
        about: "A mistake of the service's own",
        header: None,
    },
    Refusal {
        status: "503",
        name: "Unavailable",
        about: "Something that the service needs is away",
        header: Some(("Retry-After", "After how many seconds to ask again.", Type::Integer)),
    },
];

impl Refusal {
    fn response(&self) -> RefOr<Response> {
        let problem = Content::new(Some(Ref::from_schema_name(Problem::name())));
        let response = ResponseBuilder::new().description(self.about).content(MEDIA_TYPE, problem);
        let response = match &self.header {
            Some((name, about, kind)) => response.header(*name, header(about, kind.clone())),
            None => response,
        };
        RefOr::T(response.build())
    }
}

fn header(about: &str, kind: Type) -> Header {
    let mut header = Header::new(ObjectBuilder::new().schema_type(kind));
    header.description = Some(about.to_owned());
    header
}

/// What can be read has a tag, and is not sent to who has it.
fn add_tag(read: &mut Operation) {
    let tag: Parameter = ParameterBuilder::new()
        .name("If-None-Match")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("The `ETag` of an earlier answer."))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .into();
    read.parameters.get_or_insert_default().push(tag.into());
    let tag = || header("Changes with the answer.", Type::String);
    for answer in read.responses.responses.values_mut() {
        if let RefOr::T(answer) = answer {
            answer.headers.insert("ETag".to_owned(), tag().into());
        }
    }
    let same =
        ResponseBuilder::new().description("The answer did not change").header("ETag", tag());
    read.responses.responses.insert("304".to_owned(), same.into());
}

fn add_refusals(operation: &mut Operation, open: bool, writes: bool) {
    let guarded = operation.security.is_some();
    let of = |wanted: ParameterIn| {
        let all = operation.parameters.iter().flatten();
        all.filter(|it| matches!(it, RefOr::T(it) if it.parameter_in == wanted)).count() > 0
    };
    let (in_path, in_query) = (of(ParameterIn::Path), of(ParameterIn::Query));
    for refusal in &REFUSALS {
        let happens = match refusal.status {
            "400" => in_path || in_query,
            "401" | "403" => guarded,
            "404" => in_path,
            _ => true,
        };
        if happens {
            let known = Ref::from_response_name(refusal.name);
            operation.responses.responses.insert(refusal.status.to_owned(), known.into());
        }
    }
    if let Some(ways) = &mut operation.security
        && open
        && !writes
    {
        ways.push(SecurityRequirement::default());
    }
}

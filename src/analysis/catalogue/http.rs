//! HTTP and WebSocket clients: aiohttp, httpx, requests, urllib3, websockets, and SDKs that are HTTP clients.

use super::Groups;
use crate::python::library::*;

const SYNC: Fact<'static> =
    blocking(Blocks::Http).instead("`httpx.AsyncClient` or `aiohttp.ClientSession`");
const REQUESTS: Fact<'static> = SYNC.gives("requests.Response").timeouts(&["timeout"]);
const HTTPX: Fact<'static> = blocking(Blocks::Http)
    .instead("`httpx.AsyncClient`")
    .gives("httpx.Response")
    .timeouts(&["timeout"]);
const URLLIB3: Fact<'static> = SYNC.gives("urllib3.HTTPResponse").timeouts(&["timeout"]);
const AIOHTTP: Fact<'static> =
    awaitable_context().gives("aiohttp.ClientResponse").timeouts(&["timeout"]);
const ASYNC_HTTPX: Fact<'static> = coroutine().gives("httpx.Response").timeouts(&["timeout"]);
const OPENAI: Fact<'static> = blocking(Blocks::Http).instead("`openai.AsyncOpenAI`");
const ANTHROPIC: Fact<'static> = blocking(Blocks::Http).instead("`anthropic.AsyncAnthropic`");

pub(super) const FACTS: Groups = facts! {
    "requests" {
        get options head post put patch delete request: REQUESTS;
        Session: class();
        session: function().gives("requests.Session");
        Response Request PreparedRequest: class();
    }
    "requests.Session" {
        get options head post put patch delete request send: REQUESTS;
        close mount prepare_request merge_environment_settings resolve_redirects: function();
    }
    "requests_html" { HTMLSession: class().bases(&["requests.Session"]); }
    "cloudscraper" { create_scraper: function().gives("requests.Session"); }
    "httpx" {
        get options head post put patch delete request: HTTPX;
        stream: HTTPX.enters("httpx.Response");
        Client: class();
        AsyncClient: class().async_resource("HTTP client", &["aclose"]).tags(&[Tag::Session]).timeouts(&["timeout"]);
        Response Request Timeout Limits URL AsyncHTTPTransport: class();
    }
    "httpx.Client" {
        get options head post put patch delete request send: HTTPX;
        stream: HTTPX.enters("httpx.Response");
        close: HTTPX.cheap();
        build_request: function();
    }
    "httpx.AsyncClient" {
        get options head post put patch delete request send: ASYNC_HTTPX;
        stream: async_context().gives("httpx.Response").timeouts(&["timeout"]);
        aclose: coroutine();
        build_request: function();
    }
    "httpx.Response" { aread aclose: coroutine(); aiter_bytes aiter_lines aiter_text aiter_raw: async_iterator(); json raise_for_status: function(); }
    "httpx2" { get options head post put patch delete request: HTTPX; stream: HTTPX; Client: class().bases(&["httpx.Client"]); AsyncClient: class().bases(&["httpx.AsyncClient"]); }
    "urllib3" {
        request: URLLIB3;
        PoolManager HTTPConnectionPool RequestMethods: class();
        ProxyManager: class().bases(&["urllib3.PoolManager"]);
        HTTPSConnectionPool: class().bases(&["urllib3.HTTPConnectionPool"]);
        connection_from_url: function().gives("urllib3.HTTPConnectionPool");
        HTTPResponse Timeout Retry: class();
    }
    "urllib3.PoolManager" {
        request urlopen request_encode_url request_encode_body any_other: URLLIB3;
        clear: function();
        connection_from_host connection_from_url connection_from_context connection_from_pool_key: function().gives("urllib3.HTTPConnectionPool");
    }
    "urllib3.HTTPConnectionPool" { request urlopen request_encode_url request_encode_body any_other: URLLIB3; close is_same_host: function(); }
    "urllib3.RequestMethods" { request request_encode_url request_encode_body any_other: URLLIB3; }
    "httplib2" { Http: class(); }
    "httplib2.Http" { request: SYNC; }
    "pycurl" { Curl: class(); }
    "pycurl.Curl" { perform: SYNC; }
    "aiohttp" {
        ClientSession: class().async_resource("HTTP session", &["close"]).tags(&[Tag::Session]).timeouts(&["timeout"]);
        ClientTimeout: class();
        TCPConnector UnixConnector BaseConnector: class();
        request: async_context().gives("aiohttp.ClientResponse");
        ClientResponse: class().attributes(&[("content", "aiohttp.StreamReader")]);
        ClientWebSocketResponse StreamReader FormData: class();
        MultipartReader: class();
    }
    "aiohttp.ClientSession" {
        get options head post put patch delete request: AIOHTTP;
        ws_connect: awaitable_context().gives("aiohttp.ClientWebSocketResponse");
        close: coroutine();
        detach: function();
    }
    "aiohttp.ClientResponse" { read text json start wait_for_close: coroutine(); close release raise_for_status get_encoding: function(); }
    "aiohttp.ClientWebSocketResponse" {
        ping pong send_str send_bytes send_json send_frame close receive receive_str receive_bytes receive_json: coroutine();
        exception get_extra_info: function();
    }
    "aiohttp.StreamReader" {
        read readany readline readuntil readexactly readchunk wait_eof: coroutine();
        iter_chunked iter_any iter_chunks: async_iterator();
        read_nowait at_eof is_eof: function();
    }
    "aiohttp.BaseConnector" { close: coroutine(); }
    "websockets" {
        connect: awaitable_context().gives("websockets.ClientConnection");
        serve unix_serve: awaitable_context().gives("websockets.Server");
        ClientConnection: class().bases(&["websockets.Connection"]);
        ServerConnection: class().bases(&["websockets.Connection"]);
        Connection Server: class();
    }
    "websockets.Connection" { send recv close ping pong wait_closed drain: coroutine(); recv_streaming: async_iterator(); }
    "websockets.sync.client" { connect: blocking(Blocks::Network).instead("`websockets.connect`").gives("websockets.sync.connection.Connection"); }
    "websockets.sync.connection" { Connection: class(); }
    "websockets.sync.connection.Connection" { recv send close ping recv_streaming: blocking(Blocks::Network).instead("`websockets.connect`"); }
    "websocket" {
        create_connection: blocking(Blocks::Network).instead("`websockets`").gives("websocket.WebSocket");
        WebSocket: class();
        WebSocketApp: class();
    }
    "websocket.WebSocket" { connect recv send recv_data recv_frame ping close: blocking(Blocks::Network).instead("`websockets`"); }
    "websocket.WebSocketApp" { run_forever: blocking(Blocks::Network).instead("`websockets`"); }
    "openai" {
        OpenAI: class().attributes(&[("chat", "openai.Chat"), ("responses", "openai.Endpoint"), ("embeddings", "openai.Endpoint"), ("completions", "openai.Endpoint"), ("images", "openai.Endpoint"), ("models", "openai.Endpoint"), ("moderations", "openai.Endpoint")]);
        AzureOpenAI: class().bases(&["openai.OpenAI"]);
        AsyncOpenAI: class().tags(&[Tag::Session]).attributes(&[("chat", "openai.AsyncChat"), ("responses", "openai.AsyncEndpoint"), ("embeddings", "openai.AsyncEndpoint"), ("completions", "openai.AsyncEndpoint"), ("images", "openai.AsyncEndpoint"), ("moderations", "openai.AsyncEndpoint")]);
        AsyncAzureOpenAI: class().bases(&["openai.AsyncOpenAI"]).tags(&[Tag::Session]);
        Chat: class().attributes(&[("completions", "openai.Endpoint")]);
        AsyncChat: class().attributes(&[("completions", "openai.AsyncEndpoint")]);
        Endpoint AsyncEndpoint: class();
    }
    "openai.Endpoint" { create parse retrieve list generate edit delete: OPENAI; }
    "openai.AsyncEndpoint" { create parse retrieve generate edit delete: coroutine(); }
    "openai.AsyncOpenAI" { close: coroutine(); }
    "anthropic" {
        Anthropic: class().attributes(&[("messages", "anthropic.Messages"), ("completions", "anthropic.Messages")]);
        AsyncAnthropic: class().tags(&[Tag::Session]).attributes(&[("messages", "anthropic.AsyncMessages")]);
        Messages AsyncMessages: class();
    }
    "anthropic.Messages" { create count_tokens: ANTHROPIC; }
    "anthropic.AsyncMessages" { create count_tokens: coroutine(); }
    "anthropic.AsyncAnthropic" { close: coroutine(); }
};

pub(super) const ALIASES: &[(&str, &str)] = &[
    ("requests.api", "requests"),
    ("requests.sessions", "requests"),
    ("requests.models", "requests"),
    ("httpx._client", "httpx"),
    ("httpx._api", "httpx"),
    ("urllib3.connectionpool", "urllib3"),
    ("urllib3.poolmanager", "urllib3"),
    ("urllib3.request.RequestMethods", "urllib3.RequestMethods"),
    ("urllib3._request_methods.RequestMethods", "urllib3.RequestMethods"),
    ("urllib3.ConnectionPool", "urllib3.HTTPConnectionPool"),
    ("urllib3.connectionpool.ConnectionPool", "urllib3.HTTPConnectionPool"),
    ("aiohttp.client.ClientSession", "aiohttp.ClientSession"),
    ("aiohttp.client.ClientTimeout", "aiohttp.ClientTimeout"),
    ("aiohttp.client_reqrep", "aiohttp"),
    ("aiohttp.client_ws", "aiohttp"),
    ("aiohttp.connector", "aiohttp"),
    ("aiohttp.streams", "aiohttp"),
    ("websockets.client.connect", "websockets.connect"),
    ("websockets.asyncio.client", "websockets"),
    ("websockets.asyncio.server", "websockets"),
    ("websockets.legacy.client.connect", "websockets.connect"),
    ("websockets.WebSocketClientProtocol", "websockets.ClientConnection"),
    ("websockets.WebSocketServerProtocol", "websockets.ServerConnection"),
    ("websocket._core", "websocket"),
];

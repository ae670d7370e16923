//! Web frameworks and bot frameworks: what they decorate, run and hand in.

use super::Groups;
use crate::python::library::*;

/// Registers the function, and gives something else back.
const HANDLER: Fact<'static> = function().tags(&[Tag::Handler]);
/// Registers the function, and gives it back.
const REGISTERS: Fact<'static> = decorator().tags(&[Tag::Handler]);
/// The same, and runs plain functions in a pool of threads.
const IN_POOL: Fact<'static> = REGISTERS.decorated(Runner::Thread);
/// The same, and runs plain functions on the loop.
const ON_LOOP: Fact<'static> = REGISTERS.decorated(Runner::Loop);

pub(super) const FACTS: Groups = facts! {
    "fastapi" {
        FastAPI: class().bases(&["starlette.applications.Starlette", "fastapi.Routes"]);
        APIRouter: class().bases(&["fastapi.Routes"]);
        Routes: class();
        Depends: function();
        Request: class().bases(&["starlette.requests.Request"]);
        WebSocket: class().bases(&["starlette.websockets.WebSocket"]);
        UploadFile: class().bases(&["starlette.datastructures.UploadFile"]);
        BackgroundTasks: class();
        HTTPException: class();
    }
    "fastapi.Routes" { get post put patch delete options head trace api_route route exception_handler: IN_POOL; websocket middleware on_event: REGISTERS; include_router add_api_route: function(); }
    "starlette.applications" { Starlette: class(); }
    "starlette.applications.Starlette" { route exception_handler: IN_POOL; websocket_route middleware: REGISTERS; }
    "starlette.requests" { Request: class(); }
    "starlette.requests.Request" { body json form close is_disconnected: coroutine(); stream: async_iterator(); url_for: function(); }
    "starlette.websockets" { WebSocket: class(); }
    "starlette.websockets.WebSocket" { accept receive receive_text receive_bytes receive_json send send_text send_bytes send_json close: coroutine(); iter_text iter_bytes iter_json: async_iterator(); }
    "starlette.datastructures" { UploadFile: class(); }
    "starlette.datastructures.UploadFile" { read write seek close: coroutine(); }
    "aiohttp.web" {
        run_app: function().tags(&[Tag::RunsLoop]);
        Application RouteTableDef: class();
        Request: class();
        Response StreamResponse: class();
        WebSocketResponse: class().bases(&["aiohttp.web.StreamResponse"]);
        AppRunner ServerRunner: class().bases(&["aiohttp.web.BaseRunner"]).async_resource("server runner", &["cleanup"]);
        BaseRunner: class();
        TCPSite UnixSite SockSite: class().bases(&["aiohttp.web.BaseSite"]);
        BaseSite: class();
        json_response: function();
        middleware: decorator().tags(&[Tag::Handler]);
    }
    "aiohttp.web.RouteTableDef" { get post put patch delete head options view route: REGISTERS; static: function(); }
    "aiohttp.web.Request" { read text json post multipart release: coroutine(); }
    "aiohttp.web.StreamResponse" { prepare write drain write_eof: coroutine(); }
    "aiohttp.web.WebSocketResponse" { ping pong send_str send_bytes send_json close receive receive_str receive_bytes receive_json: coroutine(); }
    "aiohttp.web.BaseRunner" { setup cleanup shutdown: coroutine(); }
    "aiohttp.web.BaseSite" { start stop: coroutine(); }
    "quart" { Quart Blueprint: class().bases(&["quart.Routes"]); Routes: class(); render_template render_template_string send_file send_from_directory make_response: coroutine(); }
    "quart.Routes" { route get post put patch delete websocket before_request after_request errorhandler: IN_POOL; run: function().tags(&[Tag::RunsLoop]); run_task: coroutine(); }
    "sanic" { Sanic Blueprint: class().bases(&["sanic.Routes"]); Routes: class(); }
    "sanic.Routes" { route get post put patch delete head options websocket middleware on_request on_response exception: ON_LOOP; run: function().tags(&[Tag::RunsLoop]); add_task: function(); }
    "litestar" { get post put patch delete route head: HANDLER; Litestar: class(); }
    "tornado.web" { RequestHandler Application: class(); }
    "tornado.web.RequestHandler" { prepare: function(); flush finish: future(); }
    "tornado.httpclient" { HTTPClient: class(); AsyncHTTPClient: class(); }
    "tornado.httpclient.HTTPClient" { fetch: blocking(Blocks::Http).instead("`tornado.httpclient.AsyncHTTPClient`"); }
    "tornado.httpclient.AsyncHTTPClient" { fetch: future(); }
    // Its decorator makes futures of generators, which keeps nothing.
    "tornado.gen" { sleep: future(); multi: future(); with_timeout: future().tags(&[Tag::Bounds]); coroutine: function(); }
    "tornado.ioloop" { IOLoop PeriodicCallback: class(); }
    "tornado.ioloop.IOLoop" { current instance: function().gives("tornado.ioloop.IOLoop"); start run_sync: function().tags(&[Tag::RunsLoop]); run_in_executor: future().hands(&[Hand::at(1, None, Runner::Thread)]); add_callback spawn_callback: function().hands(&[Hand::at(0, None, Runner::Loop).awaits()]); }
    "uvicorn" { run: function().tags(&[Tag::RunsLoop]); Server Config: class(); }
    "uvicorn.Server" { serve: coroutine(); run: function().tags(&[Tag::RunsLoop]); }
    "hypercorn.asyncio" { serve: coroutine(); }
    "discord.ext.commands" { command hybrid_command group: HANDLER; Bot: class().bases(&["discord.Client"]); Cog: class(); }
    "discord.ext.commands.Bot" { command hybrid_command: HANDLER; event listen: REGISTERS; }
    "discord" { Client: class(); }
    "discord.Client" { run: function().tags(&[Tag::RunsLoop]); start close login connect wait_until_ready: coroutine(); event: REGISTERS; wait_for: coroutine(); }
    "discord.app_commands" { command: HANDLER; }
    "aiogram" { Bot: class(); Dispatcher: class().bases(&["aiogram.Router"]); Router: class(); }
    "aiogram.Router" { message callback_query inline_query edited_message channel_post: IN_POOL; }
    "aiogram.Dispatcher" { start_polling stop_polling: coroutine(); run_polling: function().tags(&[Tag::RunsLoop]); }
    "pytest" { fixture: decorator().tags(&[Tag::TestHarness]); }
    "pytest.mark" { asyncio anyio trio parametrize skip skipif xfail usefixtures timeout filterwarnings: decorator().tags(&[Tag::TestHarness]); }
    "pytest_asyncio" { fixture: decorator().tags(&[Tag::TestHarness]); }
    "tenacity" { retry: decorator().tags(&[Tag::Retries]); AsyncRetrying Retrying: class().tags(&[Tag::Retries]); }
    "backoff" { on_exception on_predicate: decorator().tags(&[Tag::Retries]); }
    "stamina" { retry: decorator().tags(&[Tag::Retries]); retry_context: function().tags(&[Tag::Retries]); }
    "retrying" { retry: decorator().tags(&[Tag::Retries]); }
    "async_lru" { alru_cache: decorator(); }
    "asyncstdlib" { lru_cache cache: decorator(); }
    "aiocache" { cached cached_stampede multi_cached: decorator(); }
    "aiolimiter" { AsyncLimiter: class().tags(&[Tag::Limits]); }
    "aiolimiter.AsyncLimiter" { acquire: coroutine(); has_capacity: function(); }
    "asyncio_throttle" { Throttler: class().tags(&[Tag::Limits]); }
    "aiorwlock" { RWLock: class().tags(&[Tag::Lock]); }
    "temporalio.activity" { defn: REGISTERS; }
    "temporalio.workflow" { run signal query update: REGISTERS; }
    "prefect" { flow task: decorator(); }
    "mcp.server.fastmcp" { FastMCP: class(); }
    "mcp.server.fastmcp.FastMCP" { tool resource prompt: ON_LOOP; run: function().tags(&[Tag::RunsLoop]); }
    "socketio" { AsyncServer AsyncClient: class(); }
    "socketio.AsyncServer" { event on: REGISTERS; emit send call disconnect sleep enter_room leave_room close_room: coroutine(); }
    "socketio.AsyncClient" { event on: REGISTERS; emit send call disconnect connect wait sleep: coroutine(); }
    "slack_bolt.async_app" { AsyncApp: class(); }
    "slack_bolt.async_app.AsyncApp" { event message command action view shortcut options error middleware: HANDLER; }
    "typing" { overload: decorator(); }
    "typing_extensions" { overload deprecated: decorator(); }
    "warnings" { deprecated: decorator(); }
};

pub(super) const ALIASES: &[(&str, &str)] = &[
    ("fastapi.applications.FastAPI", "fastapi.FastAPI"),
    ("fastapi.routing.APIRouter", "fastapi.APIRouter"),
    ("fastapi.requests.Request", "fastapi.Request"),
    ("fastapi.websockets.WebSocket", "fastapi.WebSocket"),
    ("aiohttp.web_request.Request", "aiohttp.web.Request"),
    ("aiohttp.web_request.BaseRequest", "aiohttp.web.Request"),
    ("aiohttp.web_response.Response", "aiohttp.web.Response"),
    ("aiohttp.web_response.StreamResponse", "aiohttp.web.StreamResponse"),
    ("aiohttp.web_ws.WebSocketResponse", "aiohttp.web.WebSocketResponse"),
    ("aiohttp.web_app.Application", "aiohttp.web.Application"),
    ("tenacity.asyncio.AsyncRetrying", "tenacity.AsyncRetrying"),
];

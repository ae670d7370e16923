//! The standard library's blocking calls that are not about files: time, subprocess, sockets, consoles, protocols.

use super::Groups;
use crate::python::library::*;

const EXEC: &str = "`await asyncio.create_subprocess_exec(…)`";
const SHELL: &str = "`await asyncio.create_subprocess_shell(…)`";
const PROCESS: Fact<'static> = blocking(Blocks::Process).instead(EXEC);
const NETWORK: Fact<'static> = blocking(Blocks::Network);
const DNS: Fact<'static> = NETWORK.instead("`await loop.getaddrinfo(…)`");
const HTTP: Fact<'static> =
    blocking(Blocks::Http).instead("`httpx.AsyncClient` or `aiohttp.ClientSession`");
const MAIL: Fact<'static> = NETWORK.instead("`aiosmtplib`");
const FTP: Fact<'static> = NETWORK.instead("`aioftp`");

pub(super) const FACTS: Groups = facts! {
    "time" { sleep: blocking(Blocks::Sleep).instead("`asyncio.sleep`"); }
    "psutil" { cpu_percent cpu_times_percent: blocking(Blocks::Sleep); Process: class(); }
    "psutil.Process" { cpu_percent: blocking(Blocks::Sleep); wait: blocking(Blocks::Process); }
    "builtins" {
        input: blocking(Blocks::Console).hangs(Hangs::Other);
        print: function();
    }
    "getpass" { getpass: blocking(Blocks::Console); }
    "webbrowser" { open open_new open_new_tab: blocking(Blocks::Process); }
    "subprocess" {
        run call check_call check_output: PROCESS.timeouts(&["timeout"]);
        getoutput getstatusoutput: PROCESS.instead(SHELL);
        Popen: class().blocks(Blocks::Process).instead(EXEC);
        CompletedProcess: class();
    }
    "subprocess.Popen" {
        wait communicate: PROCESS.hangs(Hangs::Other).timeouts(&["timeout"]);
        poll terminate kill send_signal: function();
    }
    "os" {
        system popen: PROCESS.instead(SHELL);
        posix_spawn posix_spawnp spawnl spawnle spawnlp spawnlpe spawnv spawnve spawnvp spawnvpe: PROCESS;
        wait wait3 wait4 waitid waitpid: PROCESS.instead("`await process.wait()` of an asyncio subprocess");
    }
    "pty" { spawn: PROCESS; }
    "socket" {
        getaddrinfo gethostbyname gethostbyname_ex gethostbyaddr getnameinfo getfqdn: DNS;
        create_connection: NETWORK.gives("socket.socket").instead("`await asyncio.open_connection(…)`").resource("socket", &["close", "detach"]);
        socket: class().resource("socket", &["close", "detach"]);
        create_server: function().gives("socket.socket").resource("socket", &["close", "detach"]);
        gethostname inet_aton inet_ntoa inet_pton inet_ntop htons ntohs htonl ntohl socketpair: function();
    }
    "socket.socket" {
        connect: NETWORK.instead("`await loop.sock_connect(…)`");
        accept: NETWORK.instead("`await loop.sock_accept(…)`");
        recv recv_into recvfrom recvfrom_into recvmsg: NETWORK.instead("`await loop.sock_recv(…)`");
        sendall sendfile: NETWORK.instead("`await loop.sock_sendall(…)`");
        send sendto sendmsg connect_ex bind listen close shutdown setblocking settimeout setsockopt getsockname getpeername fileno: function();
    }
    "ssl" { get_server_certificate: NETWORK; SSLSocket: class().bases(&["socket.socket"]); }
    "ssl.SSLSocket" { do_handshake read write: NETWORK; }
    "select" { select: NETWORK.instead("`loop.add_reader`"); }
    "select" { poll: function().gives("select.Poll"); epoll: function().gives("select.Poll"); Poll: class(); }
    "select.Poll" { poll: NETWORK; }
    "selectors" { DefaultSelector: class(); }
    "selectors.DefaultSelector" { select: NETWORK.instead("`loop.add_reader`"); }
    "urllib.request" {
        urlopen urlretrieve: HTTP;
        build_opener: function().gives("urllib.request.OpenerDirector");
        Request: class();
        OpenerDirector: class();
    }
    "urllib.request.OpenerDirector" { open: HTTP; }
    "http.client" {
        HTTPConnection: class();
        HTTPSConnection: class().bases(&["http.client.HTTPConnection"]);
    }
    "http.client.HTTPConnection" {
        connect request getresponse endheaders: HTTP;
        close set_tunnel: function();
    }
    "xmlrpc.client" { ServerProxy: class(); }
    "smtplib" {
        SMTP: class().blocks(Blocks::Network).instead("`aiosmtplib`");
        SMTP_SSL LMTP: class().bases(&["smtplib.SMTP"]).blocks(Blocks::Network).instead("`aiosmtplib`");
    }
    "smtplib.SMTP" { connect login sendmail send_message starttls ehlo helo quit noop docmd auth mail rcpt data: MAIL; }
    "ftplib" {
        FTP: class().blocks(Blocks::Network).instead("`aioftp`");
        FTP_TLS: class().bases(&["ftplib.FTP"]).blocks(Blocks::Network).instead("`aioftp`");
    }
    "ftplib.FTP" { connect login retrbinary retrlines storbinary storlines cwd nlst dir mlsd rename delete mkd rmd size quit sendcmd voidcmd: FTP; }
    "imaplib" {
        IMAP4: class().blocks(Blocks::Network).instead("`aioimaplib`");
        IMAP4_SSL: class().bases(&["imaplib.IMAP4"]).blocks(Blocks::Network).instead("`aioimaplib`");
    }
    "imaplib.IMAP4" { login select search fetch store uid logout append copy expunge list status noop: NETWORK.instead("`aioimaplib`"); }
    "poplib" {
        POP3: class().blocks(Blocks::Network);
        POP3_SSL: class().bases(&["poplib.POP3"]).blocks(Blocks::Network);
    }
    "poplib.POP3" { user pass_ stat list retr dele quit top uidl: NETWORK; }
    "telnetlib" { Telnet: class().blocks(Blocks::Network).instead("`telnetlib3`"); }
    "telnetlib.Telnet" { open read_until read_all read_some expect interact write: NETWORK.instead("`telnetlib3`"); }
    "socketserver" { BaseServer: class(); }
    "socketserver.BaseServer" { serve_forever handle_request: NETWORK; }
    "http.server" { HTTPServer: class().bases(&["socketserver.BaseServer"]); ThreadingHTTPServer: class().bases(&["socketserver.BaseServer"]); }
    "functools" { partial: class(); wraps lru_cache cache: decorator(); }
    "unittest.mock" { Mock MagicMock AsyncMock patch: class(); }
};

pub(super) const ALIASES: &[(&str, &str)] = &[
    ("_socket", "socket"),
    ("socket.SocketType", "socket.socket"),
    ("socketserver.TCPServer", "socketserver.BaseServer"),
    ("socketserver.UDPServer", "socketserver.BaseServer"),
    ("socketserver.ThreadingTCPServer", "socketserver.BaseServer"),
    ("selectors.SelectSelector", "selectors.DefaultSelector"),
    ("selectors.EpollSelector", "selectors.DefaultSelector"),
];

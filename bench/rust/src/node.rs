use std::io::Read;

use zenoh::{Config, Session, Wait};

use crate::args::Args;

/// Defaults everywhere but for: no multicast scouting, and as many sessions as come.
fn config(args: &Args, mode: &str) -> Config {
    let mut config = Config::default();
    let mut set = |path: &str, value: String| {
        if let Err(e) = config.insert_json5(path, &value) {
            crate::fail(format!("{path} {value}: {e}"));
        }
    };
    set("mode", format!("{mode:?}"));
    set("scouting/multicast/enabled", "false".into());
    set("transport/unicast/max_sessions", "100000".into());
    set("transport/unicast/accept_pending", "10000".into());
    set("connect/endpoints", format!("{:?}", args.all("connect")));
    set("listen/endpoints", format!("{:?}", args.all("listen")));
    config
}

pub fn open(args: &Args) -> Session {
    open_as(args, args.text("mode", "peer"))
}

fn open_as(args: &Args, mode: &str) -> Session {
    zenoh::open(config(args, mode)).wait().unwrap_or_else(|e| crate::fail(format!("cannot open a session: {e}")))
}

pub fn router(args: &Args) {
    args.allow(&[]);
    let _session = open_as(args, "router");
    ready();
    loop {
        std::thread::park();
    }
}

pub fn ready() {
    println!("{{\"ready\":true}}");
}

/// Ends the process with its standard input, so that nothing outlives a runner that died.
pub fn end_with_stdin() {
    std::thread::spawn(|| {
        let mut sink = [0; 64];
        while matches!(std::io::stdin().read(&mut sink), Ok(n) if n > 0) {}
        std::process::exit(0);
    });
}

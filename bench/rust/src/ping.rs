//! Round trip, as the examples `z_ping` and `z_pong` do it: the ping waits in `recv`, the pong answers in its callback.

use std::time::{Duration, Instant};

use zenoh::{bytes::ZBytes, qos::CongestionControl, Wait};

use crate::{args::Args, node};

const PING: &str = "ping";
const PONG: &str = "pong";

fn key(args: &Args, role: &str) -> String {
    format!("{}/{role}", args.text("key", "test"))
}

pub fn ping(args: &Args) {
    args.allow(&["size", "express", "warmup", "count"]);
    let size: usize = args.get("size").unwrap_or(64);
    let warmup = Duration::from_secs_f64(args.get("warmup").unwrap_or(1.0));
    let count: usize = args.get("count").unwrap_or(10_000);

    let session = node::open(args);
    let subscriber = session.declare_subscriber(key(args, PONG)).wait().unwrap_or_else(|e| crate::fail(e));
    let publisher = session
        .declare_publisher(key(args, PING))
        .congestion_control(CongestionControl::Block)
        .express(args.has("express"))
        .wait()
        .unwrap_or_else(|e| crate::fail(e));
    let payload: ZBytes = (0..size).map(|i| (i % 10) as u8).collect::<Vec<u8>>().into();
    node::ready();

    // Until the other side has declared its subscriber, a ping goes nowhere.
    loop {
        publisher.put(payload.clone()).wait().unwrap_or_else(|e| crate::fail(e));
        if let Ok(Some(_)) = subscriber.recv_timeout(Duration::from_millis(100)) {
            break;
        }
    }
    let trip = || {
        let start = Instant::now();
        publisher.put(payload.clone()).wait().unwrap_or_else(|e| crate::fail(e));
        subscriber.recv().unwrap_or_else(|e| crate::fail(e));
        start.elapsed().as_nanos() as f64 / 1000.0
    };
    let start = Instant::now();
    while start.elapsed() < warmup {
        trip();
    }
    let mut rtts: Vec<f64> = (0..count).map(|_| trip()).collect();
    rtts.sort_by(f64::total_cmp);
    let at = |share: f64| rtts[((rtts.len() as f64 * share) as usize).min(rtts.len() - 1)];
    println!("{{\"rtts\":{count},\"p50\":{:.2},\"p99\":{:.2}}}", at(0.5), at(0.99));
    std::process::exit(0);
}

pub fn pong(args: &Args) {
    args.allow(&["express"]);
    let session = node::open(args);
    let publisher = session
        .declare_publisher(key(args, PONG))
        .congestion_control(CongestionControl::Block)
        .express(args.has("express"))
        .wait()
        .unwrap_or_else(|e| crate::fail(e));
    let _subscriber = session
        .declare_subscriber(key(args, PING))
        .callback(move |sample| {
            publisher.put(sample.payload().clone()).wait().unwrap_or_else(|e| crate::fail(e));
        })
        .wait()
        .unwrap_or_else(|e| crate::fail(e));
    node::ready();
    loop {
        std::thread::park();
    }
}

use std::{
    sync::{
        atomic::{AtomicU64, Ordering::Relaxed},
        Arc,
    },
    thread::sleep,
    time::{Duration, Instant},
};

use zenoh::{
    bytes::ZBytes,
    qos::{CongestionControl, Priority},
    Wait,
};

use crate::{args::Args, node};

pub fn publish(args: &Args) {
    args.allow(&["size", "priority", "congestion", "express", "count", "seconds", "rate"]);
    let size: usize = args.get("size").unwrap_or(8);
    let priority = Priority::try_from(args.get::<u8>("priority").unwrap_or(Priority::DEFAULT as u8))
        .unwrap_or_else(|e| crate::fail(e));
    let congestion = match args.text("congestion", "block") {
        "block" => CongestionControl::Block,
        "drop" => CongestionControl::Drop,
        other => crate::fail(format!("--congestion {other}: block or drop")),
    };
    let count: u64 = args.get("count").unwrap_or(u64::MAX);
    let seconds = Duration::from_secs_f64(args.get("seconds").unwrap_or(1e9));

    let session = node::open(args);
    let publisher = session
        .declare_publisher(args.text("key", "test/thr").to_owned())
        .congestion_control(congestion)
        .priority(priority)
        .express(args.has("express"))
        .wait()
        .unwrap_or_else(|e| crate::fail(e));
    let payload: ZBytes = (0..size).map(|i| (i % 10) as u8).collect::<Vec<u8>>().into();
    let put = || publisher.put(payload.clone()).wait().unwrap_or_else(|e| crate::fail(e));
    node::ready();

    let start = Instant::now();
    let mut sent = 0;
    if let Some(rate) = args.get::<f64>("rate") {
        while sent < count && start.elapsed() < seconds {
            let due = ((start.elapsed().as_secs_f64() * rate) as u64).min(count);
            while sent < due {
                put();
                sent += 1;
            }
            sleep(Duration::from_millis(1));
        }
    } else {
        // The clock is asked every 128 messages: it costs a third of a small put.
        while sent < count && (sent % 128 != 0 || start.elapsed() < seconds) {
            put();
            sent += 1;
        }
    }
    let secs = start.elapsed().as_secs_f64();
    session.close().wait().unwrap_or_else(|e| crate::fail(e));
    println!("{{\"sent\":{sent},\"secs\":{secs:.6}}}");
}

/// On a cache line of its own: sessions count on threads of their own.
#[repr(align(128))]
struct Counter(AtomicU64);

pub fn subscribe(args: &Args) {
    args.allow(&["subs", "warmup", "window", "count", "windows"]);
    let subs: usize = args.get("subs").unwrap_or(1);
    let warmup = Duration::from_secs_f64(args.get("warmup").unwrap_or(1.0));
    let window = Duration::from_secs_f64(args.get("window").unwrap_or(1.0));
    let count: Option<u64> = args.get("count");
    let windows: u64 = args.get("windows").unwrap_or(u64::MAX);

    let counters: Arc<Vec<Counter>> = Arc::new((0..subs).map(|_| Counter(AtomicU64::new(0))).collect());
    let mut held = Vec::with_capacity(subs);
    for i in 0..subs {
        let session = node::open(args);
        let counters = counters.clone();
        let subscriber = session
            .declare_subscriber(args.text("key", "test/thr").to_owned())
            .callback(move |_sample| {
                counters[i].0.fetch_add(1, Relaxed);
            })
            .wait()
            .unwrap_or_else(|e| crate::fail(e));
        held.push((session, subscriber));
    }
    node::ready();

    let seen = || counters.iter().map(|counter| counter.0.load(Relaxed)).sum::<u64>();
    while seen() == 0 {
        sleep(Duration::from_millis(1));
    }
    sleep(warmup);
    for _ in 0..windows {
        let (start, before) = (Instant::now(), seen());
        match count {
            Some(count) => {
                while seen() - before < count {
                    sleep(Duration::from_millis(1));
                }
            }
            None => sleep(window),
        }
        let (secs, msgs) = (start.elapsed().as_secs_f64(), seen() - before);
        println!("{{\"msgs\":{msgs},\"secs\":{secs:.6}}}");
    }
    std::process::exit(0);
}

//! How long each phase takes, cold and after an edit, in memory.
//!
//! `cargo bench` prints them; `docs/performance.md` says what they were.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a benchmark that cannot begin shall say why")]

mod support;

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use fleetc::compile::{compile, diagnose};
use fleetc::format::format;
use fleetc::source::standard_library;
use fleetc::source::{Db, FleetDatabase, InMemory, Sources};
use fleetc::{fleet, names, syntax};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SIZES: [(usize, usize); 3] = [(100, 20), (1000, 20), (1000, 50)];

fn database(files: &[(String, String)]) -> FleetDatabase {
    let project = Sources { files: files.to_vec(), ..Sources::default() };
    FleetDatabase::with_packages(project, standard_library(), Arc::new(InMemory::default()))
}

/// Each phase with what comes before it done.
fn cold(c: &mut Criterion) {
    let mut group = c.benchmark_group("cold");
    group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    for (clusters, addons) in SIZES {
        let files = support::fleet(clusters, addons);
        let bytes: usize = files.iter().map(|it| it.1.len()).sum();
        let size = format!("{clusters}x{addons}");
        let parsed = |db: &FleetDatabase| {
            for file in db.project().files(db).iter() {
                black_box(syntax::parse(db, *file));
            }
        };
        let facts = |db: &FleetDatabase| {
            for cluster in fleet::clusters(db) {
                black_box(fleet::cluster(db, cluster));
            }
        };
        group.throughput(Throughput::Bytes(bytes as u64));
        group.bench_function(BenchmarkId::new("parse", &size), |b| {
            b.iter_batched(
                || database(&files),
                |db| {
                    parsed(&db);
                    db
                },
                BatchSize::PerIteration,
            );
        });
        // Its budget is twice what parsing takes.
        group.bench_function(BenchmarkId::new("format", &size), |b| {
            b.iter(|| files.iter().map(|(_, text)| black_box(format(text)).text.len()).sum::<usize>());
        });
        group.throughput(Throughput::Elements((clusters * addons) as u64));
        let ready = |with_facts: bool| {
            let db = database(&files);
            parsed(&db);
            black_box(names::index(&db, db.project()));
            if with_facts {
                facts(&db);
            }
            db
        };
        group.bench_function(BenchmarkId::new("clusters", &size), |b| {
            b.iter_batched(
                || ready(false),
                |db| {
                    facts(&db);
                    db
                },
                BatchSize::PerIteration,
            );
        });
        group.bench_function(BenchmarkId::new("deploy", &size), |b| {
            b.iter_batched(
                || ready(true),
                |db| {
                    black_box(diagnose(&db));
                    db
                },
                BatchSize::PerIteration,
            );
        });
        let checked = || {
            let db = database(&files);
            assert!(diagnose(&db).is_empty(), "the fleet is right");
            db
        };
        group.bench_function(BenchmarkId::new("write", &size), |b| {
            b.iter_batched(
                checked,
                |db| {
                    black_box(compile(&db));
                    db
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

/// From an edit to the diagnostics, and to the files.
fn warm(c: &mut Criterion) {
    let mut group = c.benchmark_group("warm");
    group.sample_size(20).measurement_time(Duration::from_secs(3));
    let files = support::fleet(1000, 50);
    let edits: [(&str, String, &str, &str); 4] = [
        ("override", support::path(9), "1.0.7", "1.0.8"),
        ("fact", support::path(500), "us-east-1", "us-west-2"),
        ("value", "catalogue.fleet".to_owned(), "leaseDuration = 15 ", "leaseDuration = 99 "),
        ("comment", "catalogue.fleet".to_owned(), "catalogue cluster-addons", "// a comment\ncatalogue cluster-addons"),
    ];
    for (what, path, from, to) in edits {
        let mut db = database(&files);
        let _ = compile(&db);
        let file = db.file(&path).expect("the file");
        let before = file.text(&db).to_string();
        let after = before.replacen(from, to, 1);
        assert_ne!(before, after, "{what}");
        let mut turn = 0;
        let mut edit = |db: &mut FleetDatabase| {
            turn += 1;
            db.set_text(file, if turn % 2 == 1 { after.clone() } else { before.clone() });
        };
        group.bench_function(BenchmarkId::new("diagnostics", what), |b| {
            b.iter(|| {
                edit(&mut db);
                black_box(diagnose(&db));
            });
        });
        group.bench_function(BenchmarkId::new("files", what), |b| {
            b.iter(|| {
                edit(&mut db);
                black_box(compile(&db));
            });
        });
    }
    group.finish();
}

/// 100 kB that were written to take long: parsed, and told what is wrong with it.
fn adversarial(c: &mut Criterion) {
    const SIZE: usize = 100_000;
    let mut group = c.benchmark_group("adversarial");
    group.sample_size(10).warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_secs(1));
    // What it is called, what it begins with, what is repeated, what it ends with.
    let inputs = [
        ("braces", "let x = ", "{", ""),
        ("brackets", "let x = ", "[", ""),
        ("parentheses", "let x = ", "(", ""),
        ("interpolations", "let x = ", "\"\\(", ""),
        ("quotes", "let x = ", "\"", ""),
        ("ifs", "let x = ", "if a then ", ""),
        ("signs", "let x = ", "- ", ""),
        ("sums", "let x = 1", " + 1", "\n"),
        ("members", "let x = a", ".b", "\n"),
        ("comprehensions", "let x = ", "[for x in ", ""),
        ("unions", "type x = A", " | A", "\n"),
        ("optionals", "type x = A", "?", "\n"),
        ("comments", "", "/// a\n", ""),
        ("lines", "", "\n", ""),
        ("names", "", "a", ""),
        ("words", "", "a ", ""),
        ("declarations", "", "let a = 1\n", ""),
        ("broken declarations", "", "let = 1\n", ""),
        ("entries", "catalogue a {\n", "a = 1\n", "}\n"),
        ("broken entries", "catalogue a {\n", "= 1\n", "}\n"),
        ("keys", "let x = {", "a.", " = 1 }\n"),
        ("raw strings", "let x = ", "#\"", ""),
        ("lists", "let x = [", "1, ", "]\n"),
    ];
    for (what, head, body, tail) in inputs {
        let times = (SIZE - head.len() - tail.len()) / body.len();
        let files = vec![("a.fleet".to_owned(), format!("{head}{}{tail}", body.repeat(times)))];
        group.bench_function(BenchmarkId::new("parse", what), |b| {
            b.iter_batched(
                || database(&files),
                |db| {
                    for file in db.project().files(&db).iter() {
                        black_box(syntax::diagnostics(&db, *file));
                    }
                    db
                },
                BatchSize::PerIteration,
            );
        });
        group.bench_function(BenchmarkId::new("check", what), |b| {
            b.iter_batched(
                || database(&files),
                |db| {
                    black_box(diagnose(&db));
                    db
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

criterion_group!(phases, cold, warm, adversarial);
criterion_main!(phases);

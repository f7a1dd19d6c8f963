//! Functions that hold for a list as a whole are what each with each would say.

use std::fmt::Write as _;

use crate::support::{compiled, summary};

/// The next of a row of numbers that look like chance, and are the same in each run.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

#[test]
fn no_two_overlap_as_each_with_each_says() {
    let mut state = 7;
    let mut checks = String::new();
    let (mut apart, mut clashing) = (0, 0);
    for nth in 0..300 {
        let length = 1 + next(&mut state) % 6;
        // Few addresses and long prefixes: about half of the lists clash.
        let ranges: Vec<(u32, u32)> = (0..length)
            .map(|_| {
                let bits = 24 + u32::try_from(next(&mut state) % 9).expect("small");
                let size = 1_u32 << (32 - bits);
                let address = u32::try_from(next(&mut state) % 512).expect("small") / size * size;
                (0x0a00_0000 | address, bits)
            })
            .collect();
        let end = |(first, bits): (u32, u32)| first + (1 << (32 - bits)) - 1;
        let overlap = |a: (u32, u32), b: (u32, u32)| a.0 <= end(b) && b.0 <= end(a);
        let disjoint = ranges.iter().enumerate().all(|(nth, a)| ranges.iter().skip(nth + 1).all(|b| !overlap(*a, *b)));
        let distinct = ranges.iter().enumerate().all(|(nth, a)| !ranges.iter().skip(nth + 1).any(|b| a == b));
        let texts: Vec<String> =
            ranges.iter().map(|(first, bits)| format!("\"{}/{bits}\"", std::net::Ipv4Addr::from(*first))).collect();
        let list = texts.join(", ");
        *(if disjoint { &mut apart } else { &mut clashing }) += 1;
        let _ = writeln!(
            checks,
            "check \"{nth}\" {{\n  cidrs-disjoint([{list}]) == {disjoint}\n  all-distinct([{list}]) == {distinct}\n}}"
        );
    }
    assert!(apart > 50 && clashing > 50, "{apart}, {clashing}");
    assert_eq!(summary(&compiled(&format!("fleet f {{ }}\n{checks}")).1), Vec::<String>::new());
}

/// A fleet of thousands is checked within what evaluation may cost.
#[test]
fn thousands_of_clusters_are_held_against_each_other() {
    let cluster = |nth: u32| format!("cluster c{nth} {{ cidr = \"10.{}.{}.0/24\" }}\n", nth / 256, nth % 256);
    let clusters: String = (0..3000).map(cluster).collect();
    let checks = "check \"networks\" { cidrs-disjoint([for one in fleet.clusters => one.cidr]) }\n\
                  check \"names\" { all-distinct([for one in fleet.clusters => one.name]) }\n";
    let fleet = format!("fleet f {{ facts {{ cidr: Cidr }} }}\n{checks}");
    assert_eq!(summary(&compiled(&format!("{fleet}{clusters}")).1), Vec::<String>::new());
    let twice = format!("{fleet}{clusters}cluster last {{ cidr = \"10.3.7.128/25\" }}\n");
    assert_eq!(summary(&compiled(&twice).1).len(), 1);
}

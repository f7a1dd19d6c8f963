//! What the fuzzers found worth keeping: every target over its corpus, in every run.

#[expect(unreachable_pub, dead_code, reason = "it is a package of its own, of which the tests take what they need")]
#[path = "../../../fuzz/src/lib.rs"]
mod targets;

use crate::house::tidy::root;

#[test]
fn what_the_fuzzers_kept_holds() {
    for (name, run) in targets::TARGETS {
        let folder = root().join("fuzz/corpus").join(name);
        let mut count = 0;
        for entry in std::fs::read_dir(&folder).unwrap_or_else(|it| panic!("{}: {it}", folder.display())) {
            run(&std::fs::read(entry.expect("an entry").path()).expect("a file"));
            count += 1;
        }
        assert!(count > 20, "the corpus of {name} is gone: {count} files");
    }
}

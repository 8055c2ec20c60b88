//! How many calls tower admits where a buffer and a limit meet. The specification allows both numbers that are known, 110 of the
//! documentation and 111; here is which of them it is.

use std::io::Write;
use std::process::{Command, Stdio};

/// How many of 200 callers become ready, each of whom calls as soon as it is, while the leaf answers nobody.
fn admitted(layers: &str) -> usize {
    let mut script = vec![
        r#""do":"begin""#.to_owned(),
        format!(r#""do":"open","service":1,"stack":{{"layers":[{layers}],"leaf":"leaf"}}"#),
    ];
    for caller in 1..=200 {
        script.push(format!(r#""do":"caller","caller":{caller},"service":1"#));
        script.push(format!(r#""do":"ready","operation":{caller},"caller":{caller}"#));
        script.push(format!(
            r#""do":"call","operation":{},"caller":{caller},"request":"r""#,
            1000 + caller
        ));
    }
    let mut testee = Command::new(env!("CARGO_BIN_EXE_tower-testee"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the testee starts");
    let mut input = testee.stdin.take().expect("standard input is a pipe");
    let writer = std::thread::spawn(move || {
        for (id, request) in script.iter().enumerate() {
            writeln!(input, r#"{{"id":{},{request}}}"#, id + 1).expect("the testee reads");
        }
    });
    let output = testee.wait_with_output().expect("the testee ends with its input");
    writer.join().expect("the script was written");
    String::from_utf8(output.stdout)
        .expect("replies are UTF-8")
        .matches(r#""event":"ready""#)
        .count()
}

const BUFFER: &str = r#"{"layer":"buffer","bound":100}"#;
const LIMIT: &str = r#"{"layer":"concurrency-limit","limit":10}"#;

#[test]
fn a_buffer_around_a_limit_admits_one_more_than_documented() {
    assert_eq!(admitted(&format!("{BUFFER},{LIMIT}")), 111);
}

#[test]
fn a_limit_around_a_buffer_admits_its_limit() {
    assert_eq!(admitted(&format!("{LIMIT},{BUFFER}")), 10);
}

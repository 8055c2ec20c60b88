//! The testee for what takes no time: its clock stands still.

use ntex_service_testee::Ntex;
use plumbline_testee::{Statement, serve};

fn main() -> std::io::Result<()> {
    serve(
        &Statement::parse(include_str!("../statement.yaml")),
        Ntex { timed: false },
    )
}

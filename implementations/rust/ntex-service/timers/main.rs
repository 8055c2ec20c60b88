//! The testee for the services of ntex-util that take time, on the machine's clock.

use ntex_service_testee::Ntex;
use plumbline_testee::{Statement, serve_live};

fn main() -> std::io::Result<()> {
    serve_live(&Statement::parse(include_str!("statement.yaml")), Ntex { timed: true })
}

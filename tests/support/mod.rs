//! What tests stand on: a server of their own, people who are signed in, and data to send.

mod app;
pub mod bad_line;
mod client;
mod database;
mod people;
pub mod photos;
mod wire;

pub use app::TestApp;
pub use client::{Answer, Client, report};
pub use people::{
    COUNTY_DESK, DESK, HIRED, URBAN, VILLAGE_DESK, again, body_of, commands, through_handler,
    through_township, work_off,
};
pub use wire::at_once;

/// Makes two tests of one: on SQLite and on PostgreSQL.
#[macro_export]
macro_rules! both {
    ($(async fn $name:ident($app:ident: TestApp) $body:block)+) => {$(
        async fn $name($app: $crate::support::TestApp) $body

        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let app = $crate::support::TestApp::sqlite().await;
                let running = app.running();
                super::$name(app).await;
                running.stop().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let app = $crate::support::TestApp::postgres().await;
                let running = app.running();
                super::$name(app).await;
                running.stop().await;
            }
        }
    )+};
}

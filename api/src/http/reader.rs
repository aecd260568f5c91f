//! The reader of an answer: the caller, the language of the request, and the current reference data.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};

use crate::{
    app::App,
    http::{identity::Identity, language::accepted_language, problem::Problem, render::internal},
    views::reader::Reader,
};

impl FromRequest for Reader {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let who = Identity::from_request(request, payload);
        let language = accepted_language(request.headers());
        let app = request.app_data::<web::Data<App>>().cloned();
        Box::pin(async move {
            let who = who.await?;
            let app = app.ok_or_else(internal)?;
            Ok(Self::new(who.actor(), language, &app))
        })
    }
}

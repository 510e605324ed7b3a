//! The table of routes: who may ask for what, by which method. The router is built together with it, and the gate asks
//! it before any handler is asked: a route that is not in the table answers nobody.

use std::collections::HashMap;
use std::fmt;

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, on};

use crate::server::accounts::Right;
use crate::server::context::Context;

/// Who may ask for a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody, signed in or not.
    Open,
    /// Somebody who is signed in and has this right. No token: what it answers or does could be worth more than one.
    Session(Right),
    /// Somebody with this right, by session or by token.
    Caller(Right),
}

impl Access {
    /// The right that it takes.
    pub const fn right(self) -> Option<Right> {
        match self {
            Access::Open => None,
            Access::Session(right) | Access::Caller(right) => Some(right),
        }
    }

    /// Whether a token may ask.
    pub const fn takes_tokens(self) -> bool {
        !matches!(self, Access::Session(_))
    }
}

/// A line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Its method; GET answers HEAD as well.
    pub method: Method,
    /// Its path, with `{NAME}` for what may be anything.
    pub path: String,
    /// Who may ask for it.
    pub access: Access,
}

/// Who may ask for what.
#[derive(Debug, Clone, Default)]
pub struct Table(HashMap<String, Vec<(Method, Access)>>);

impl Table {
    /// Who may ask for the route that was found for a request. Where there is none, or none of this method, whoever is
    /// let in is told so. `None` for a route that nobody has entered.
    pub fn access(&self, path: Option<&str>, method: &Method) -> Option<Access> {
        let Some(path) = path else { return Some(Access::Caller(Right::Read)) };
        let method = if *method == Method::HEAD { &Method::GET } else { method };
        let entered = self.0.get(path)?;
        let found = entered.iter().find(|(entered, _)| entered == method).map(|(_, access)| *access);
        found.or(Some(Access::Caller(Right::Read)))
    }

    /// All of it, by path.
    pub fn routes(&self) -> Vec<Route> {
        let route = |path: &String, (method, access): &(Method, Access)| Route {
            method: method.clone(),
            path: path.clone(),
            access: *access,
        };
        let mut routes: Vec<Route> = self
            .0
            .iter()
            .flat_map(|(path, entered)| entered.iter().map(move |one| route(path, one)))
            .collect();
        routes.sort_by(|a, b| (&a.path, a.method.as_str()).cmp(&(&b.path, b.method.as_str())));
        routes
    }

    fn enter(&mut self, Route { method, path, access }: Route) {
        self.0.entry(path).or_default().push((method, access));
    }
}

impl fmt::Display for Table {
    /// As a table of a document.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| method | path | right | by token |\n|---|---|---|---|")?;
        self.routes().into_iter().try_for_each(|Route { method, path, access }| {
            let right = access.right().map_or("none: open", Right::as_str);
            let by_token = if access.takes_tokens() { "yes" } else { "no" };
            writeln!(f, "| {method} | `{path}` | {right} | {by_token} |")
        })
    }
}

/// A router with its table.
#[derive(Debug, Default)]
pub struct Routes {
    router: Router<Context>,
    table: Table,
}

impl Routes {
    /// One that is asked by GET.
    pub fn get<T: 'static>(self, path: &str, access: Access, handler: impl Handler<T, Context>) -> Self {
        self.on(Method::GET, MethodFilter::GET, path, access, handler)
    }

    /// One that a form or a call is sent to.
    pub fn post<T: 'static>(self, path: &str, access: Access, handler: impl Handler<T, Context>) -> Self {
        self.on(Method::POST, MethodFilter::POST, path, access, handler)
    }

    fn on<T: 'static>(
        mut self,
        method: Method,
        filter: MethodFilter,
        path: &str,
        access: Access,
        handler: impl Handler<T, Context>,
    ) -> Self {
        self.table.enter(Route { method, path: path.to_owned(), access });
        Routes { router: self.router.route(path, on(filter, handler)), ..self }
    }

    /// A router that was made elsewhere, with what is to be said of its routes.
    pub fn with(mut self, router: Router<Context>, routes: impl IntoIterator<Item = Route>) -> Self {
        routes.into_iter().for_each(|route| self.table.enter(route));
        Routes { router: self.router.merge(router), ..self }
    }

    /// All routes of another one.
    pub fn merge(self, other: Routes) -> Self {
        let routes = other.table.routes();
        self.with(other.router, routes)
    }

    /// The router, and its table.
    pub fn into_parts(self) -> (Router<Context>, Table) {
        (self.router, self.table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_in_the_table_is_nobodys() {
        let routes = Routes::default().get("/a", Access::Open, async || "");
        let routes = routes.post("/a", Access::Session(Right::Admin), async || "");
        let (_, table) = routes.into_parts();
        assert_eq!(table.access(Some("/a"), &Method::HEAD), Some(Access::Open));
        assert_eq!(table.access(Some("/a"), &Method::POST), Some(Access::Session(Right::Admin)));
        assert_eq!(
            table.access(Some("/a"), &Method::PUT),
            Some(Access::Caller(Right::Read)),
            "405 for people"
        );
        assert_eq!(table.access(None, &Method::GET), Some(Access::Caller(Right::Read)), "404 for people");
        assert_eq!(table.access(Some("/b"), &Method::GET), None);
        assert!(
            table.to_string().ends_with("| GET | `/a` | none: open | yes |\n| POST | `/a` | admin | no |\n")
        );
    }
}

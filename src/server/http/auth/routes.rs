//! The route table: required right by path and method. The router is built from it, and authorization consults it
//! before any handler: a route that is not in the table is not served.

use std::collections::HashMap;
use std::fmt;

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, on};

use crate::domain::accounts::Right;
use crate::server::state::context::Context;

/// Required access of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Public.
    Open,
    /// A session with this right. No API token: the action could be worth more than the token.
    Session(Right),
    /// A session or API token with this right.
    Caller(Right),
}

impl Access {
    /// The required right.
    pub const fn right(self) -> Option<Right> {
        match self {
            Access::Open => None,
            Access::Session(right) | Access::Caller(right) => Some(right),
        }
    }

    /// Whether API tokens are accepted.
    pub const fn takes_tokens(self) -> bool {
        !matches!(self, Access::Session(_))
    }
}

/// An entry of the route table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// GET also answers HEAD.
    pub method: Method,
    /// Path pattern with `{NAME}` placeholders.
    pub path: String,
    pub access: Access,
}

/// The route table.
#[derive(Debug, Clone, Default)]
pub struct RouteTable(HashMap<String, Vec<(Method, Access)>>);

impl RouteTable {
    /// Access of the matched route. If there is no such path or method, authorized callers get the error.
    /// `None` for a route missing from the table.
    pub fn access(&self, path: Option<&str>, method: &Method) -> Option<Access> {
        let Some(path) = path else { return Some(Access::Caller(Right::Read)) };
        let method = if *method == Method::HEAD { &Method::GET } else { method };
        let entered = self.0.get(path)?;
        let found = entered.iter().find(|(entered, _)| entered == method).map(|(_, access)| *access);
        found.or(Some(Access::Caller(Right::Read)))
    }

    /// All routes, by path.
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

impl fmt::Display for RouteTable {
    /// Formats the table as Markdown.
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
    table: RouteTable,
}

impl Routes {
    /// Adds a GET route.
    pub fn get<T: 'static>(self, path: &str, access: Access, handler: impl Handler<T, Context>) -> Self {
        self.on(Method::GET, MethodFilter::GET, path, access, handler)
    }

    /// Adds a POST route.
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

    /// Adds a router with its access.
    pub fn with(mut self, router: Router<Context>, routes: impl IntoIterator<Item = Route>) -> Self {
        routes.into_iter().for_each(|route| self.table.enter(route));
        Routes { router: self.router.merge(router), ..self }
    }

    /// All routes of another one.
    pub fn merge(self, other: Routes) -> Self {
        let routes = other.table.routes();
        self.with(other.router, routes)
    }

    pub fn into_parts(self) -> (Router<Context>, RouteTable) {
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

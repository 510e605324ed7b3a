//! Renders tables in a scrollable region, so that the page itself never scrolls horizontally.

use leptos::prelude::*;

use crate::components::parts::parts;
use crate::view::report::table::{Cell, Table, TableRow};

/// A table in a focusable scrollable region.
pub fn scrolling_table(table: Table) -> AnyView {
    let label = format!("Table: {}", table.caption);
    view! {
        <div class="scroll" role="region" aria-label=label tabindex="0">
            {table_view(table)}
        </div>
    }
    .into_any()
}

pub fn table_view(table: Table) -> AnyView {
    let bodies: Vec<AnyView> = table.bodies.into_iter().map(body).collect();
    let foot: Option<AnyView> = (!table.foot.is_empty())
        .then(|| view! { <tfoot>{row(TableRow::new(table.foot))}</tfoot> }.into_any());
    view! {
        <table class=format!("table {}", table.class)>
            <caption class="sr-only">{table.caption}</caption>
            <thead>{row(TableRow::new(table.head))}</thead>
            {bodies}
            {foot}
        </table>
    }
    .into_any()
}

fn body(rows: Vec<TableRow>) -> AnyView {
    let rows: Vec<AnyView> = rows.into_iter().map(row).collect();
    view! { <tbody>{rows}</tbody> }.into_any()
}

fn row(row: TableRow) -> AnyView {
    let cells: Vec<AnyView> = row.cells.into_iter().map(table_cell).collect();
    view! {
        <tr id=row.id class=row.class>
            {cells}
        </tr>
    }
    .into_any()
}

fn table_cell(cell: Cell) -> AnyView {
    let Cell { scope, class, span, sorted, parts: content } = cell;
    let span = span.map(|span| span.to_string());
    match scope {
        Some(scope) => view! {
            <th scope=scope class=class aria-sort=sorted>
                {parts(content)}
            </th>
        }
        .into_any(),
        None => view! {
            <td class=class colspan=span>
                {parts(content)}
            </td>
        }
        .into_any(),
    }
}

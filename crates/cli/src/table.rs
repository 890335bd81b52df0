//! Plain text tables for people.

use comfy_table::{CellAlignment, Table, presets};

/// Returns a table with a header; columns from number `numbers` on are aligned to the right.
pub fn table<R: IntoIterator<Item = String>>(
    header: &[&str],
    numbers: usize,
    rows: impl IntoIterator<Item = R>,
) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(header.iter().copied());
    for row in rows {
        table.add_row(row);
    }
    for (place, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if place >= numbers {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let lines: Vec<String> = table.lines().map(|line| format!("  {}\n", line.trim_end())).collect();
    lines.concat()
}

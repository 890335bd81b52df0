//! Labels as Parquet: one row for each label, with the fields of [`Label`] as columns.

use std::fs::File;
use std::io;
use std::sync::Arc;

use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;

use super::Label;

const SCHEMA: &str = "
message label {
  required int64 number (INTEGER(64, false));
  required binary name (STRING);
  required int32 stages (INTEGER(32, false));
  required binary objective (STRING);
  optional binary status (STRING);
  optional double value;
  optional double lower_bound;
  optional group stage_of (LIST) { repeated group list { required int32 element (INTEGER(32, false)); } }
  optional binary why_not (STRING);
}";

/// The rows of a row group, which is held in memory.
const ROWS: usize = 16_384;

type Group<'a> = SerializedRowGroupWriter<'a, File>;

/// Writes `labels` into `file`.
///
/// # Errors
/// Returns the errors of `labels`, and of the file.
pub fn write(labels: &mut dyn Iterator<Item = io::Result<Label>>, file: File) -> io::Result<()> {
    let schema = parse_message_type(SCHEMA).map_err(io::Error::other)?;
    let mut writer = SerializedFileWriter::new(file, Arc::new(schema), Arc::default())?;
    loop {
        let rows = labels.take(ROWS).collect::<io::Result<Vec<Label>>>()?;
        if rows.is_empty() {
            break;
        }
        let mut group = writer.next_row_group()?;
        write_rows(&mut group, &rows)?;
        group.close()?;
    }
    writer.close()?;
    Ok(())
}

/// Writes the columns of `rows`, in the order of the schema.
fn write_rows(group: &mut Group, rows: &[Label]) -> Result<(), ParquetError> {
    let text = |text: &str| Some(ByteArray::from(text));
    column::<Int64Type>(group, rows.iter().map(|row| Some(row.number as i64)))?;
    column::<ByteArrayType>(group, rows.iter().map(|row| text(&row.name)))?;
    column::<Int32Type>(group, rows.iter().map(|row| Some(row.stages as i32)))?;
    column::<ByteArrayType>(group, rows.iter().map(|row| text(&row.objective.to_string())))?;
    column::<ByteArrayType>(group, rows.iter().map(|row| text(&row.status?.to_string())))?;
    column::<DoubleType>(group, rows.iter().map(|row| row.value))?;
    column::<DoubleType>(group, rows.iter().map(|row| row.lower_bound))?;
    stage_of(group, rows)?;
    column::<ByteArrayType>(group, rows.iter().map(|row| text(row.why_not.as_deref()?)))
}

/// Writes the next column, of plain values. A required column holds no nulls, so it needs no levels and ignores them.
fn column<T: DataType>(
    group: &mut Group,
    values: impl Iterator<Item = Option<T::T>>,
) -> Result<(), ParquetError> {
    let (mut present, mut levels) = (Vec::new(), Vec::new());
    for value in values {
        levels.push(i16::from(value.is_some()));
        present.extend(value);
    }
    write_column::<T>(group, &present, &levels, None)
}

/// Writes the next column, of lists.
fn stage_of(group: &mut Group, rows: &[Label]) -> Result<(), ParquetError> {
    // The level of an entry: 0 for a list that is null, 1 for an empty list, 2 for an element. Beside it, whether the
    // entry continues the list of the entry before.
    let (mut stages, mut levels, mut goes_on) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        let list = row.stage_of.as_ref().map_or(&[][..], |schedule| &schedule.stage_of);
        if list.is_empty() {
            levels.push(i16::from(row.stage_of.is_some()));
            goes_on.push(0);
        }
        for (place, stage) in list.iter().enumerate() {
            stages.push(stage.0 as i32);
            levels.push(2);
            goes_on.push(i16::from(place > 0));
        }
    }
    write_column::<Int32Type>(group, &stages, &levels, Some(&goes_on))
}

fn write_column<T: DataType>(
    group: &mut Group,
    values: &[T::T],
    levels: &[i16],
    goes_on: Option<&[i16]>,
) -> Result<(), ParquetError> {
    let column = group.next_column()?;
    let mut column = column.ok_or_else(|| ParquetError::General("the schema has fewer columns".into()))?;
    column.typed::<T>().write_batch(values, Some(levels), goes_on)?;
    column.close()
}

//! The attributes that carry a schedule in the IR.

use melior::StringRef;
use melior::ir::attribute::{
    ArrayAttribute, Attribute, AttributeLike, DictionaryAttribute, FloatAttribute, IntegerAttribute,
    StringAttribute,
};
use melior::ir::operation::OperationLike;
use melior::ir::r#type::IntegerType;
use melior::ir::{Identifier, OperationRef, Type};
use mlir_sys::{mlirOperationRemoveDiscardableAttributeByName, mlirOperationSetDiscardableAttributeByName};

use crate::attributes;
use respect::base::units::{Bytes, Time};
use respect::problem::{Objective, Problem, Rules};
use respect::solve::Solution;

/// The attribute of an operation's stage, from 0; on the function of a stage, the number of that stage.
pub const STAGE: &str = "respect.stage";
/// The attribute that says what is known about a function's schedule.
pub const SCHEDULE: &str = "respect.schedule";
/// The attribute that takes the place of [`SCHEDULE`] on a function whose stages are outlined.
pub const PIPELINE: &str = "respect.pipeline";
/// The attribute of the place that an operation had in its function before outlining.
pub const POSITION: &str = "respect.position";

/// The schedule of a function as `respect.schedule` describes it. A hand-written one may leave entries out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Annotation {
    /// The number of stages.
    pub stages: Option<u32>,
    /// The rules that the schedule obeys.
    pub rules: Option<Rules>,
    /// The figure that the schedule minimizes.
    pub objective: Option<Objective>,
    /// The device that the figures are for.
    pub device: Option<String>,
    /// The slowest stage's time.
    pub bottleneck: Option<Time>,
    /// The largest stage's parameter bytes.
    pub peak_parameter_bytes: Option<Bytes>,
    /// The name of the solver.
    pub solver: Option<String>,
    /// The way in which the solver found the schedule, in words.
    pub detail: Option<String>,
    /// The proof that the schedule has, such as `optimal`.
    pub status: Option<String>,
    /// The bound that no schedule's bottleneck (in µs) or largest stage (in bytes) is below.
    pub lower_bound: Option<f64>,
}

/// Sets a discardable attribute, one that belongs to no operation's definition.
pub fn set<'c>(operation: OperationRef<'c, '_>, name: &str, attribute: Attribute<'c>) {
    // SAFETY: operation and attribute are of one context, and a pass may change what it runs on.
    unsafe {
        mlirOperationSetDiscardableAttributeByName(
            operation.to_raw(),
            StringRef::new(name).to_raw(),
            attribute.to_raw(),
        )
    };
}

/// Removes a discardable attribute, if it is there.
pub fn remove(operation: OperationRef, name: &str) {
    // SAFETY: as for `set`.
    unsafe {
        mlirOperationRemoveDiscardableAttributeByName(operation.to_raw(), StringRef::new(name).to_raw())
    };
}

/// Returns an `i32` attribute of the operation's context.
pub fn i32_attribute<'c>(operation: OperationRef<'c, '_>, value: u32) -> Attribute<'c> {
    integer(operation, 32, i64::from(value))
}

/// Returns a list of strings as an attribute of the operation's context.
pub fn strings<'c>(operation: OperationRef<'c, '_>, texts: &[&str]) -> Attribute<'c> {
    let context = operation.context();
    // SAFETY: the reference ends before `context` does.
    let context = unsafe { context.to_ref() };
    let texts: Vec<Attribute> = texts.iter().map(|text| StringAttribute::new(context, text).into()).collect();
    ArrayAttribute::new(context, &texts).into()
}

fn integer<'c>(operation: OperationRef<'c, '_>, bits: u32, value: i64) -> Attribute<'c> {
    let context = operation.context();
    // SAFETY: the reference ends before `context` does.
    let context = unsafe { context.to_ref() };
    IntegerAttribute::new(IntegerType::new(context, bits).into(), value).into()
}

/// Returns the stage of an operation.
///
/// # Errors
/// Returns an error if the attribute is there but is no stage.
pub fn stage(operation: OperationRef) -> Result<Option<u32>, String> {
    let Ok(attribute) = operation.attribute(STAGE) else { return Ok(None) };
    let value = IntegerAttribute::try_from(attribute)
        .ok()
        .and_then(|value| u32::try_from(integer_value(value)?).ok());
    match value {
        Some(stage) => Ok(Some(stage)),
        None => Err(format!("'{STAGE}' is {attribute}, not a stage: give an integer from 0, like 0 : i32")),
    }
}

/// Returns the place that an operation had before outlining; `None` if it has none that makes sense.
pub fn position(operation: OperationRef) -> Option<i64> {
    IntegerAttribute::try_from(operation.attribute(POSITION).ok()?).ok().and_then(integer_value)
}

/// Notes the place that an operation has before outlining.
pub fn set_position(operation: OperationRef, position: usize) {
    set(operation, POSITION, integer(operation, 64, i64::try_from(position).unwrap_or(i64::MAX)));
}

/// Returns the value of an integer of at most 64 bits.
fn integer_value(attribute: IntegerAttribute) -> Option<i64> {
    let width = IntegerType::try_from(attribute.r#type()).ok()?.width();
    (width <= 64).then(|| attribute.value())
}

/// Returns what the attribute `name` says of a function's schedule.
///
/// # Errors
/// Returns an error if the attribute is no dictionary, or if an entry is not what it should be.
pub fn schedule(function: OperationRef, name: &str) -> Result<Option<Annotation>, String> {
    let Ok(attribute) = function.attribute(name) else { return Ok(None) };
    let dictionary = DictionaryAttribute::try_from(attribute)
        .map_err(|_| format!("'{name}' is {attribute}, not a dictionary"))?;
    let wrong = |key: &str, value: Attribute, want: &str| {
        format!("'{name}' says {key} = {value}, but it takes {want}")
    };
    let count = |key: &str| {
        dictionary.element_by_name(key).map_or(Ok(None), |value| {
            let number = IntegerAttribute::try_from(value).ok().and_then(integer_value);
            number.and_then(|n| u64::try_from(n).ok()).map(Some).ok_or_else(|| wrong(key, value, "a count"))
        })
    };
    let text = |key: &str| -> Result<Option<String>, String> {
        dictionary.element_by_name(key).map_or(Ok(None), |value| {
            let text = attributes::text(value).ok_or_else(|| wrong(key, value, "a string"))?;
            Ok(Some(text.to_string()))
        })
    };
    let choice = |key: &str, want: &[&str]| -> Result<Option<String>, String> {
        match text(key)? {
            Some(found) if !want.contains(&found.as_str()) => {
                Err(format!("'{name}' says {key} = \"{found}\", but it takes {}", want.join(" or ")))
            }
            found => Ok(found),
        }
    };
    let number = |key: &str| {
        dictionary.element_by_name(key).map_or(Ok(None), |value| {
            let float = FloatAttribute::try_from(value).map(|value| value.value()).ok();
            let whole =
                || IntegerAttribute::try_from(value).ok().and_then(integer_value).map(|whole| whole as f64);
            float.or_else(whole).map(Some).ok_or_else(|| wrong(key, value, "a number"))
        })
    };
    let stages = match count("stages")? {
        Some(stages) => Some(
            u32::try_from(stages)
                .map_err(|_| format!("'{name}' says stages = {stages}, but it takes at most {}", u32::MAX))?,
        ),
        None => None,
    };
    Ok(Some(Annotation {
        stages,
        rules: choice("rules", &["coral", "precedence"])?.map(|rules| match rules.as_str() {
            "precedence" => Rules::Precedence,
            _ => Rules::Coral,
        }),
        objective: choice("objective", &["latency", "memory"])?.map(|objective| match objective.as_str() {
            "memory" => Objective::Memory,
            _ => Objective::Latency,
        }),
        device: text("device")?,
        bottleneck: number("bottleneck_us")?.map(Time::from_us),
        peak_parameter_bytes: count("peak_parameter_bytes")?.map(Bytes),
        solver: text("solver")?,
        detail: text("detail")?,
        status: text("status")?,
        lower_bound: number("lower_bound")?,
    }))
}

/// Returns the attribute that describes a solution.
pub fn of_solution<'c>(
    function: OperationRef<'c, '_>,
    problem: &Problem,
    device: &str,
    solution: &Solution,
) -> Attribute<'c> {
    let context = function.context();
    // SAFETY: the reference ends before `context` does.
    let context = unsafe { context.to_ref() };
    let text = |text: &str| StringAttribute::new(context, text).into();
    let float = |value: f64| FloatAttribute::new(context, Type::float64(context), value).into();
    let figures = &solution.evaluation;
    let bytes = |bytes: u64| integer(function, 64, i64::try_from(bytes).unwrap_or(i64::MAX));
    let lower_bound = match problem.objective {
        Objective::Memory => bytes(solution.lower_bound),
        Objective::Latency => float(Time(solution.lower_bound).as_us()),
    };
    let entries: [(&str, Attribute); 10] = [
        ("bottleneck_us", float(figures.bottleneck.as_us())),
        ("detail", text(&solution.detail)),
        ("device", text(device)),
        ("lower_bound", lower_bound),
        ("objective", text(&problem.objective.to_string())),
        ("peak_parameter_bytes", bytes(figures.peak_parameter_bytes.0)),
        ("rules", text(&problem.rules.to_string())),
        ("solver", text(&solution.origin.to_string())),
        ("stages", i32_attribute(function, problem.stages)),
        ("status", text(&solution.status.to_string())),
    ];
    DictionaryAttribute::new(context, &entries.map(|(name, value)| (Identifier::new(context, name), value)))
        .into()
}

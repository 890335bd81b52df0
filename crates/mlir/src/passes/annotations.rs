//! The attributes that carry a schedule in the IR.

use melior::StringRef;
use melior::ir::OperationRef;
use melior::ir::attribute::{
    ArrayAttribute, Attribute, AttributeLike, DictionaryAttribute, FloatAttribute, IntegerAttribute,
    StringAttribute,
};
use melior::ir::operation::OperationLike;
use melior::ir::r#type::IntegerType;
use mlir_sys::{mlirOperationRemoveDiscardableAttributeByName, mlirOperationSetDiscardableAttributeByName};

use crate::attributes;
use crate::dialect::{self, Fields};
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

/// Returns the attribute of a stage, which must be less than `stages`.
pub fn stage_attribute<'c>(operation: OperationRef<'c, '_>, stage: u32, stages: u32) -> Attribute<'c> {
    let context = operation.context();
    // SAFETY: the reference ends before `context` does.
    let context = unsafe { context.to_ref() };
    dialect::stage(context, stage, stages).expect("the judge let no other stage pass")
}

/// The stage of an operation, as its attribute says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stage {
    /// The stage, from 0.
    pub stage: u32,
    /// The number of stages; a plain integer does not say it.
    pub stages: Option<u32>,
}

/// Returns the stage of an operation.
///
/// # Errors
/// Returns an error if the attribute is there but is no stage.
pub fn stage(operation: OperationRef) -> Result<Option<Stage>, String> {
    let Ok(attribute) = operation.attribute(STAGE) else { return Ok(None) };
    let attribute = dialect::checked(STAGE, attribute)?;
    if let Some((stage, stages)) = dialect::stage_of(attribute) {
        return Ok(Some(Stage { stage, stages: Some(stages) }));
    }
    let number = IntegerAttribute::try_from(attribute).ok().and_then(integer_value);
    Ok(number.and_then(|number| u32::try_from(number).ok()).map(|stage| Stage { stage, stages: None }))
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
/// Returns an error if the attribute is no schedule, or if an entry is not what it should be.
pub fn schedule(function: OperationRef, name: &str) -> Result<Option<Annotation>, String> {
    let Ok(attribute) = function.attribute(name) else { return Ok(None) };
    let attribute = dialect::checked(name, attribute)?;
    match dialect::fields_of(attribute) {
        Some(fields) => Ok(Some(of_fields(&fields))),
        None => of_dictionary(name, attribute).map(Some),
    }
}

/// Returns what the fields of `#respect.schedule<…>` say.
fn of_fields(fields: &Fields) -> Annotation {
    let text = |text: Option<&str>| text.map(String::from);
    Annotation {
        stages: Some(fields.stages),
        rules: fields.rules.map(rules),
        objective: fields.objective.map(objective),
        device: text(fields.device),
        bottleneck: fields.bottleneck_us.map(Time::from_us),
        peak_parameter_bytes: fields.peak_parameter_bytes.map(|bytes| Bytes(bytes.unsigned_abs())),
        solver: text(fields.solver),
        detail: text(fields.detail),
        // A word of MLIR has no hyphen.
        status: fields.status.map(|status| status.replace('_', "-")),
        lower_bound: fields.lower_bound_us.or(fields.lower_bound_bytes.map(|bytes| bytes as f64)),
    }
}

/// Returns the rules of a name, which must be one of theirs.
fn rules(name: &str) -> Rules {
    if name == "precedence" { Rules::Precedence } else { Rules::Coral }
}

/// Returns the objective of a name, which must be one of theirs.
fn objective(name: &str) -> Objective {
    if name == "memory" { Objective::Memory } else { Objective::Latency }
}

/// The fields that a dictionary may have.
const KEYS: [&str; 10] = [
    "stages",
    "solver",
    "status",
    "objective",
    "rules",
    "device",
    "bottleneck_us",
    "peak_parameter_bytes",
    "lower_bound",
    "detail",
];

/// Returns what a dictionary says, under the name that it has on the function.
///
/// # Errors
/// Returns an error if an entry is not what it should be.
fn of_dictionary(name: &str, attribute: Attribute) -> Result<Annotation, String> {
    let dictionary = DictionaryAttribute::try_from(attribute)
        .map_err(|_| format!("'{name}' is {attribute}, not a dictionary"))?;
    for place in 0..dictionary.len() {
        let Ok((key, _)) = dictionary.element(place) else { continue };
        let key = key.as_string_ref().as_str().unwrap_or_default().to_string();
        if !KEYS.contains(&key.as_str()) {
            return Err(format!("'{name}' has a field '{key}', but it takes {}", KEYS.join(", ")));
        }
    }
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
    Ok(Annotation {
        stages,
        rules: choice("rules", &["coral", "precedence"])?.as_deref().map(rules),
        objective: choice("objective", &["latency", "memory"])?.as_deref().map(objective),
        device: text("device")?,
        bottleneck: number("bottleneck_us")?.map(Time::from_us),
        peak_parameter_bytes: count("peak_parameter_bytes")?.map(Bytes),
        solver: text("solver")?,
        detail: text("detail")?,
        status: text("status")?,
        lower_bound: number("lower_bound")?,
    })
}

/// Returns the attribute that describes a solution.
pub fn of_solution<'c>(
    function: OperationRef<'c, '_>,
    problem: &Problem,
    device: &str,
    solution: &Solution,
) -> Attribute<'c> {
    let bytes = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
    let is_of_memory = problem.objective == Objective::Memory;
    let bound = solution.lower_bound;
    let (objective, rules) = (problem.objective.to_string(), problem.rules.to_string());
    let (solver, status) = (solution.origin.to_string(), solution.status.to_string().replace('-', "_"));
    let fields = Fields {
        stages: problem.stages,
        solver: Some(&solver),
        status: Some(&status),
        objective: Some(&objective),
        rules: Some(&rules),
        device: Some(device),
        bottleneck_us: Some(solution.evaluation.bottleneck.as_us()),
        peak_parameter_bytes: Some(bytes(solution.evaluation.peak_parameter_bytes.0)),
        lower_bound_us: (!is_of_memory).then(|| Time(bound).as_us()),
        lower_bound_bytes: is_of_memory.then(|| bytes(bound)),
        detail: Some(&solution.detail),
    };
    schedule_attribute(function, &fields)
}

/// Returns the attribute of a schedule that was read, corrected and has so many stages.
pub fn of_annotation<'c>(
    function: OperationRef<'c, '_>,
    stages: u32,
    annotation: &Annotation,
) -> Attribute<'c> {
    let bytes = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
    let is_of_memory = annotation.objective == Some(Objective::Memory);
    let (objective, rules) =
        (annotation.objective.map(|of| of.to_string()), annotation.rules.map(|of| of.to_string()));
    let status = annotation.status.as_ref().map(|status| status.replace('-', "_"));
    let fields = Fields {
        stages,
        solver: annotation.solver.as_deref(),
        status: status.as_deref(),
        objective: objective.as_deref(),
        rules: rules.as_deref(),
        device: annotation.device.as_deref(),
        bottleneck_us: annotation.bottleneck.map(Time::as_us),
        peak_parameter_bytes: annotation.peak_parameter_bytes.map(|peak| bytes(peak.0)),
        lower_bound_us: annotation.lower_bound.filter(|_| !is_of_memory),
        lower_bound_bytes: annotation.lower_bound.filter(|_| is_of_memory).map(|bound| bound as i64),
        detail: annotation.detail.as_deref(),
    };
    schedule_attribute(function, &fields)
}

/// Returns the attribute that says no more of a schedule than its number of stages, which is 1 or more.
pub fn of_stages<'c>(function: OperationRef<'c, '_>, stages: u32) -> Attribute<'c> {
    schedule_attribute(function, &Fields { stages, ..Fields::default() })
}

fn schedule_attribute<'c>(function: OperationRef<'c, '_>, fields: &Fields) -> Attribute<'c> {
    let context = function.context();
    // SAFETY: the reference ends before `context` does.
    let context = unsafe { context.to_ref() };
    dialect::schedule(context, fields).expect("the judge let no other figures pass")
}

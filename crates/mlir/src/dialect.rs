//! The attributes of the dialect `respect`, which `dialect/include/respect/Respect.td` declares.

use std::ffi::c_void;

use melior::Context;
use melior::dialect::DialectHandle;
use melior::ir::Attribute;
use melior::ir::attribute::AttributeLike;
use mlir_sys::{MlirAttribute, MlirContext, MlirDialectHandle, MlirStringRef};

use super::native::{bytes_of, raw};

/// The fields of `#respect.schedule<…>`, as `respect-c/Dialect.h` lays them out. Texts that are left out are null, times
/// are not a number, and bytes are negative.
#[repr(C)]
struct RawSchedule {
    stages: u32,
    solver: MlirStringRef,
    status: MlirStringRef,
    objective: MlirStringRef,
    rules: MlirStringRef,
    device: MlirStringRef,
    bottleneck_us: f64,
    peak_parameter_bytes: i64,
    lower_bound_us: f64,
    lower_bound_bytes: i64,
    detail: MlirStringRef,
}

unsafe extern "C" {
    #[allow(non_snake_case, reason = "MLIR names the handles of dialects so")]
    fn mlirGetDialectHandle__respect__() -> MlirDialectHandle;
    fn mlirRespectAttributeCheck(
        name: MlirStringRef,
        value: MlirAttribute,
        reason: unsafe extern "C" fn(MlirStringRef, *mut c_void),
        user_data: *mut c_void,
    ) -> MlirAttribute;
    fn mlirAttributeIsARespectStage(attribute: MlirAttribute) -> bool;
    fn mlirRespectStageAttrGet(context: MlirContext, stage: u32, stages: u32) -> MlirAttribute;
    fn mlirRespectStageAttrGetStage(attribute: MlirAttribute) -> u32;
    fn mlirRespectStageAttrGetStages(attribute: MlirAttribute) -> u32;
    fn mlirAttributeIsARespectSchedule(attribute: MlirAttribute) -> bool;
    fn mlirRespectScheduleAttrGet(context: MlirContext, fields: *const RawSchedule) -> MlirAttribute;
    fn mlirRespectScheduleAttrGetFields(attribute: MlirAttribute) -> RawSchedule;
}

/// The fields of `#respect.schedule<…>`, each `None` where it is left out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Fields<'a> {
    /// The number of stages, 1 or more.
    pub stages: u32,
    /// The name of the solver.
    pub solver: Option<&'a str>,
    /// The proof: `optimal`, `feasible` or `budget_exhausted`.
    pub status: Option<&'a str>,
    /// The objective: `memory` or `latency`.
    pub objective: Option<&'a str>,
    /// The rules: `coral` or `precedence`.
    pub rules: Option<&'a str>,
    /// The device.
    pub device: Option<&'a str>,
    /// The slowest stage's time, in µs.
    pub bottleneck_us: Option<f64>,
    /// The largest stage's parameter bytes.
    pub peak_parameter_bytes: Option<i64>,
    /// The bound on the slowest stage's time, in µs.
    pub lower_bound_us: Option<f64>,
    /// The bound on the largest stage's parameter bytes.
    pub lower_bound_bytes: Option<i64>,
    /// The way in which the solver found the schedule, in words.
    pub detail: Option<&'a str>,
}

/// Returns the handle that registers the dialect `respect`, for contexts of your own.
pub fn handle() -> DialectHandle {
    // SAFETY: the handle is a constant of the C++ side.
    unsafe { DialectHandle::from_raw(mlirGetDialectHandle__respect__()) }
}

/// Returns the attribute that an operation carries under a name such as `respect.stage`. An opaque one is read again: a
/// host that reads its module before it knows the dialect keeps text alone.
///
/// # Errors
/// Returns a sentence on what the name takes, if it is something else.
pub(crate) fn checked<'c>(name: &str, value: Attribute<'c>) -> Result<Attribute<'c>, String> {
    unsafe extern "C" fn note(reason: MlirStringRef, text: *mut c_void) {
        // SAFETY: the caller hands on the string below, and the reason lives through the call.
        let (text, reason) = unsafe { (&mut *text.cast::<String>(), bytes_of(reason)) };
        text.push_str(&String::from_utf8_lossy(reason));
    }
    let mut reason = String::new();
    // SAFETY: both strings outlive the call; null stands for none.
    unsafe {
        let found =
            mlirRespectAttributeCheck(raw(name.as_bytes()), value.to_raw(), note, (&raw mut reason).cast());
        Attribute::from_option_raw(found).ok_or(reason)
    }
}

/// Returns `#respect.stage<stage of stages>`, if the stage is one of them.
pub(crate) fn stage(context: &Context, stage: u32, stages: u32) -> Option<Attribute<'_>> {
    // SAFETY: the context has the dialect; null stands for none.
    unsafe { Attribute::from_option_raw(mlirRespectStageAttrGet(context.to_raw(), stage, stages)) }
}

/// Returns stage and number of stages of a `#respect.stage<…>`; `None` for other attributes.
pub(crate) fn stage_of(attribute: Attribute) -> Option<(u32, u32)> {
    let raw = attribute.to_raw();
    // SAFETY: a stage is asked for only where there is one.
    unsafe {
        mlirAttributeIsARespectStage(raw)
            .then(|| (mlirRespectStageAttrGetStage(raw), mlirRespectStageAttrGetStages(raw)))
    }
}

/// Returns the `#respect.schedule<…>` of these fields, if each has a value that it takes.
pub(crate) fn schedule<'c>(context: &'c Context, fields: &Fields) -> Option<Attribute<'c>> {
    let text = |text: Option<&str>| {
        text.map_or(MlirStringRef { data: std::ptr::null(), length: 0 }, |text| raw(text.as_bytes()))
    };
    let fields = RawSchedule {
        stages: fields.stages,
        solver: text(fields.solver),
        status: text(fields.status),
        objective: text(fields.objective),
        rules: text(fields.rules),
        device: text(fields.device),
        bottleneck_us: fields.bottleneck_us.unwrap_or(f64::NAN),
        peak_parameter_bytes: fields.peak_parameter_bytes.unwrap_or(-1),
        lower_bound_us: fields.lower_bound_us.unwrap_or(f64::NAN),
        lower_bound_bytes: fields.lower_bound_bytes.unwrap_or(-1),
        detail: text(fields.detail),
    };
    // SAFETY: the texts live through the call, and MLIR copies them; null stands for none.
    unsafe { Attribute::from_option_raw(mlirRespectScheduleAttrGet(context.to_raw(), &fields)) }
}

/// Returns the fields of a `#respect.schedule<…>`; `None` for other attributes. Texts that are not UTF-8 are left out.
pub(crate) fn fields_of(attribute: Attribute<'_>) -> Option<Fields<'_>> {
    // SAFETY: fields are asked for only where there are some.
    let raw = unsafe {
        mlirAttributeIsARespectSchedule(attribute.to_raw())
            .then(|| mlirRespectScheduleAttrGetFields(attribute.to_raw()))?
    };
    // SAFETY: the texts live in the context.
    let text =
        |text: MlirStringRef| unsafe { (!text.data.is_null()).then(|| str::from_utf8(bytes_of(text)).ok())? };
    let time = |us: f64| (!us.is_nan()).then_some(us);
    let bytes = |bytes: i64| (bytes >= 0).then_some(bytes);
    Some(Fields {
        stages: raw.stages,
        solver: text(raw.solver),
        status: text(raw.status),
        objective: text(raw.objective),
        rules: text(raw.rules),
        device: text(raw.device),
        bottleneck_us: time(raw.bottleneck_us),
        peak_parameter_bytes: bytes(raw.peak_parameter_bytes),
        lower_bound_us: time(raw.lower_bound_us),
        lower_bound_bytes: bytes(raw.lower_bound_bytes),
        detail: text(raw.detail),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context;

    #[test]
    fn a_stage_reads_well_and_is_read() {
        let context = context();
        let attribute = stage(&context, 1, 3).unwrap();
        assert_eq!(attribute.to_string(), "#respect.stage<1 of 3>");
        assert_eq!(stage_of(checked("respect.stage", attribute).unwrap()), Some((1, 3)));
        assert_eq!((stage(&context, 3, 3), fields_of(attribute)), (None, None));
    }

    #[test]
    fn fields_come_back_as_they_were_given() {
        let context = context();
        let all = Fields {
            stages: 4,
            solver: Some("exact"),
            status: Some("budget_exhausted"),
            objective: Some("memory"),
            rules: Some("coral"),
            device: Some(""),
            bottleneck_us: Some(0.1),
            peak_parameter_bytes: Some(i64::MAX),
            lower_bound_us: None,
            lower_bound_bytes: Some(0),
            detail: Some("in words"),
        };
        for fields in [all, Fields { stages: 1, ..Fields::default() }] {
            let attribute = schedule(&context, &fields).unwrap();
            assert_eq!(fields_of(attribute), Some(fields));
            assert_eq!(Attribute::parse(&context, &attribute.to_string()), Some(attribute));
        }
        for wrong in [
            Fields::default(),
            Fields { status: Some("good"), ..all },
            Fields { lower_bound_us: Some(1.0), ..all },
            Fields { bottleneck_us: Some(f64::INFINITY), ..all },
        ] {
            assert_eq!(schedule(&context, &wrong), None);
        }
    }

    #[test]
    fn text_that_a_host_without_the_dialect_kept_is_read() {
        let context = context();
        let text = crate::opaque(&context, "respect", "stage<0 of 2>");
        assert_eq!(stage_of(checked("respect.stage", text).unwrap()), Some((0, 2)));
        let damaged = crate::opaque(&context, "respect", "stage<2 of 2>");
        let why = checked("respect.stage", damaged).unwrap_err();
        assert!(why.starts_with("'respect.stage' is #respect.stage<2 of 2>: 'stage' is 2 of 2"), "{why}");
        assert!(checked("respect.bogus", text).unwrap_err().starts_with("'respect.bogus' is no attribute"));
    }
}

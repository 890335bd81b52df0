//! Lookups of operators and options tables by code, name or number.

use super::definition::OpDef;
use super::fields::{OptionsDef, OptionsUnion};
use super::{operators, options};

/// The code that stands for all higher codes in the field of seven bits that old files use.
pub const PLACEHOLDER: i32 = 127;

/// Returns every operator, by ascending code.
pub fn all() -> &'static [OpDef] {
    &operators::OPERATORS
}

/// Returns every options table: first those of the first union, then those of the second.
pub fn all_options() -> impl Iterator<Item = &'static OptionsDef> {
    options::FIRST.iter().chain(options::SECOND).copied()
}

/// Returns the operator with this code in the schema; none if the code is unknown.
pub fn by_code(code: i32) -> Option<&'static OpDef> {
    let op = all().get(usize::try_from(code).ok()?)?;
    debug_assert_eq!(op.code, code);
    Some(op)
}

/// Returns the operator with this name in the schema, such as `CONV_2D`; none if the name is unknown.
pub fn by_name(name: &str) -> Option<&'static OpDef> {
    all().iter().find(|op| op.name == name)
}

/// Returns the operator for which an operation of the `tfl` dialect stands, by the operation's name without the prefix,
/// such as `conv_2d`, or by the name of a [`Variant`](super::Variant); none if the name is unknown.
pub fn by_tfl(name: &str) -> Option<&'static OpDef> {
    let stands_for = |op: &&OpDef| op.tfl == name || op.variant.is_some_and(|variant| variant.tfl == name);
    if name.is_empty() { None } else { all().iter().find(stands_for) }
}

/// Returns the options table with this number in one of the unions; none if the number is unknown.
pub fn options_by_type(union: OptionsUnion, union_type: u8) -> Option<&'static OptionsDef> {
    all_options().find(|options| options.union == union && options.union_type == union_type)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::tflite::ops::FieldKind;

    fn default_of(op: &str, field: &str) -> FieldKind {
        by_name(op).unwrap().options.unwrap().field(field).unwrap().kind
    }

    #[test]
    fn codes_are_the_places_in_the_table() {
        for (place, op) in all().iter().enumerate() {
            assert_eq!(op.code, place as i32, "{}", op.name);
        }
    }

    #[test]
    fn lookups_invert() {
        for op in all() {
            assert_eq!(by_code(op.code).unwrap().name, op.name);
            assert_eq!(by_name(op.name).unwrap().code, op.code);
            if !op.tfl.is_empty() {
                assert_eq!(by_tfl(op.tfl).unwrap().code, op.code);
            }
            if let Some(variant) = op.variant {
                assert_eq!(by_tfl(variant.tfl).unwrap().code, op.code);
                assert!(op.options.unwrap().fields.iter().any(|field| field.slot == variant.slot));
            }
        }
        for options in all_options() {
            let found = options_by_type(options.union, options.union_type).unwrap();
            assert_eq!(found.name, options.name);
        }
    }

    #[test]
    fn lookups_of_nothing_find_nothing() {
        assert!(by_code(-1).is_none());
        assert!(by_code(all().len() as i32).is_none());
        assert!(by_name("").is_none());
        assert!(by_tfl("").is_none());
        assert!(by_tfl("l2_pool_2d").is_none());
        assert!(options_by_type(OptionsUnion::First, 0).is_none());
        assert!(options_by_type(OptionsUnion::Second, 1).is_none());
    }

    #[test]
    fn names_are_unique() {
        let mut seen = HashSet::new();
        let variants = all().iter().filter_map(|op| op.variant).map(|variant| variant.tfl);
        let tfl = all().iter().map(|op| op.tfl).filter(|tfl| !tfl.is_empty());
        assert!(tfl.chain(variants).all(|name| seen.insert(name)));
        seen.clear();
        assert!(all().iter().map(|op| op.name).all(|name| seen.insert(name)));
        seen.clear();
        assert!(all_options().map(|options| options.name).all(|name| seen.insert(name)));
    }

    #[test]
    fn union_numbers_and_slots_ascend() {
        for tables in [options::FIRST, options::SECOND] {
            assert!(tables.is_sorted_by(|a, b| a.union == b.union && a.union_type < b.union_type));
        }
        for options in all_options() {
            assert!(options.fields.is_sorted_by(|a, b| a.slot < b.slot), "{}", options.name);
        }
    }

    #[test]
    fn every_options_table_belongs_to_an_operator() {
        let used: HashSet<_> = all().iter().filter_map(|op| op.options).map(|options| options.name).collect();
        for options in all_options() {
            assert!(used.contains(options.name), "{}", options.name);
        }
    }

    #[test]
    fn attributes_are_unique_in_an_operation() {
        for op in all() {
            let fields = op.options.map_or(&[][..], |options| options.fields);
            let names = fields.iter().map(|field| field.attr).filter(|attr| !attr.is_empty());
            let mut seen = HashSet::new();
            assert!(names.chain(op.type_attrs.iter().map(|attr| attr.name)).all(|name| seen.insert(name)));
            for field in fields {
                assert!(field.attr.is_empty() || field.derived.is_none(), "{} of {}", field.name, op.name);
            }
        }
    }

    #[test]
    fn enum_defaults_are_values_of_the_enum() {
        for field in all_options().flat_map(|options| options.fields) {
            match field.kind {
                FieldKind::Enum(def, default) => assert!(def.name_of(default.into()).is_some()),
                FieldKind::EnumI32(def, default) => assert!(def.name_of(default).is_some()),
                _ => {}
            }
        }
    }

    #[test]
    fn a_refused_operator_is_never_mapped() {
        assert!(all().iter().all(|op| op.refused.is_none() || op.edgetpu.is_none()));
        assert!(by_name("WHILE").unwrap().refused.is_some());
        assert!(by_name("STABLEHLO_ADD").unwrap().refused.is_some());
        assert!(by_name("CUSTOM").unwrap().refused.is_none());
    }

    #[test]
    fn defaults_other_than_zero_are_kept() {
        assert!(matches!(default_of("CONV_2D", "stride_w"), FieldKind::I32(0)));
        assert!(matches!(default_of("CONV_2D", "dilation_w_factor"), FieldKind::I32(1)));
        assert!(matches!(default_of("ADD", "pot_scale_int16"), FieldKind::Bool(true)));
        assert!(matches!(default_of("BIDIRECTIONAL_SEQUENCE_LSTM", "time_major"), FieldKind::Bool(true)));
        assert!(matches!(default_of("UNIQUE", "idx_out_type"), FieldKind::Enum(_, 2)));
    }

    #[test]
    fn deprecated_fields_leave_a_gap() {
        let align_corners =
            by_name("RESIZE_BILINEAR").unwrap().options.unwrap().field("align_corners").unwrap();
        assert_eq!((align_corners.slot, align_corners.vtable_offset()), (2, 8));
    }

    #[test]
    fn the_kernel_of_an_lstm_names_its_operation() {
        let lstm = by_name("LSTM").unwrap();
        assert_eq!(lstm.tfl_for(|_| 0), "lstm");
        assert_eq!(lstm.tfl_for(|slot| i64::from(slot == 3)), "basic_lstm");
        assert_eq!(by_name("CONV_2D").unwrap().tfl_for(|_| 1), "conv_2d");
    }
}

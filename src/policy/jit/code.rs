//! The building blocks of a function's code: vectors, their memory, and loops.

use inkwell::builder::{Builder, BuilderError};
use inkwell::context::Context;
use inkwell::intrinsics::Intrinsic;
use inkwell::module::{Linkage, Module};
use inkwell::types::{BasicType, FloatType, IntType, PointerType, VectorType};
use inkwell::values::{
    BasicValue, BasicValueEnum, FloatValue, FunctionValue, IntValue, PointerValue, VectorValue,
};
use inkwell::{AddressSpace, IntPredicate};

use crate::policy::kernels::LANES;

pub(super) type Scalar<'c> = FloatValue<'c>;
pub(super) type Vector<'c> = VectorValue<'c>;
pub(super) type Pointer<'c> = PointerValue<'c>;
pub(super) type Index<'c> = IntValue<'c>;

/// The alignment of weights, in bytes; callers of the code align nothing else to more than a number.
pub(super) const ALIGNED: u32 = 64;
const UNALIGNED: u32 = 4;

/// A function that is being written.
pub(super) struct Code<'c> {
    pub context: &'c Context,
    module: &'c Module<'c>,
    pub builder: Builder<'c>,
    function: FunctionValue<'c>,
    number: FloatType<'c>,
    pub vector: VectorType<'c>,
    index: IntType<'c>,
    pointer: PointerType<'c>,
}

/// Returns the value of an instruction. We choose its operands, so an error is a defect of this program.
pub(super) fn built<T>(result: Result<T, BuilderError>) -> T {
    result.expect("operands of the right types")
}

/// The range of a loop: its start, the index before which it ends, and its step.
pub(super) struct LoopRange<'c> {
    pub start: Index<'c>,
    pub end: Index<'c>,
    pub step: usize,
}

impl<'c> Code<'c> {
    /// Begins a function `name` of one argument, a pointer to pointers and sizes; returns its code and the argument.
    pub fn new(
        context: &'c Context,
        module: &'c Module<'c>,
        name: &str,
        attributes: &[(&str, &str)],
    ) -> (Code<'c>, Pointer<'c>) {
        let pointer = context.ptr_type(AddressSpace::default());
        let of_pointer = context.void_type().fn_type(&[pointer.into()], false);
        let function = module.add_function(name, of_pointer, None);
        let code = Code::of(context, module, function, attributes);
        (code, function.get_first_param().expect("it has one").into_pointer_value())
    }

    /// Begins a function `name` from vectors to vectors, which other functions [`Code::call`]; returns its code and the
    /// argument.
    pub fn helper(
        context: &'c Context,
        module: &'c Module<'c>,
        name: &str,
        attributes: &[(&str, &str)],
    ) -> (Code<'c>, Vector<'c>) {
        let vector = context.f32_type().vec_type(LANES as u32);
        let function =
            module.add_function(name, vector.fn_type(&[vector.into()], false), Some(Linkage::Internal));
        let code = Code::of(context, module, function, attributes);
        (code, function.get_first_param().expect("it has one").into_vector_value())
    }

    fn of(
        context: &'c Context,
        module: &'c Module<'c>,
        function: FunctionValue<'c>,
        attributes: &[(&str, &str)],
    ) -> Code<'c> {
        for (key, value) in attributes {
            let attribute = context.create_string_attribute(key, value);
            function.add_attribute(inkwell::attributes::AttributeLoc::Function, attribute);
        }
        let builder = context.create_builder();
        builder.position_at_end(context.append_basic_block(function, ""));
        let number = context.f32_type();
        Code {
            context,
            module,
            builder,
            function,
            number,
            vector: number.vec_type(LANES as u32),
            index: context.i64_type(),
            pointer: context.ptr_type(AddressSpace::default()),
        }
    }

    /// Ends the function; `result` is the value that a helper returns.
    pub fn finish(self, result: Option<Vector<'c>>) {
        built(self.builder.build_return(result.as_ref().map(|result| result as &dyn BasicValue)));
    }

    pub fn constant(&self, index: usize) -> Index<'c> {
        self.index.const_int(index as u64, false)
    }

    /// Returns the address of number `index` after `from`.
    pub fn at(&self, from: Pointer<'c>, index: Index<'c>) -> Pointer<'c> {
        self.element(self.number, from, index)
    }

    /// Returns the address of the number at a fixed `index` after `from`.
    pub fn past(&self, from: Pointer<'c>, index: usize) -> Pointer<'c> {
        if index == 0 { from } else { self.at(from, self.constant(index)) }
    }

    fn element(&self, of: impl BasicType<'c>, from: Pointer<'c>, index: Index<'c>) -> Pointer<'c> {
        // SAFETY: one index into a row of elements of a sized type is a valid instruction whatever its value.
        built(unsafe { self.builder.build_gep(of, from, &[index], "") })
    }

    fn read(&self, what: impl BasicType<'c>, from: Pointer<'c>, alignment: u32) -> BasicValueEnum<'c> {
        let value = built(self.builder.build_load(what, from, ""));
        let load = value.as_instruction_value().expect("a load is an instruction");
        load.set_alignment(alignment).expect("a power of two");
        value
    }

    /// Returns the pointer in field `place` of the argument.
    pub fn pointer_field(&self, argument: Pointer<'c>, place: usize) -> Pointer<'c> {
        let field = self.element(self.pointer, argument, self.constant(place));
        self.read(self.pointer, field, 8).into_pointer_value()
    }

    /// Returns the size in field `place` of the argument.
    pub fn size_field(&self, argument: Pointer<'c>, place: usize) -> Index<'c> {
        let field = self.element(self.index, argument, self.constant(place));
        self.read(self.index, field, 8).into_int_value()
    }

    /// Returns number `index` of a list of units.
    pub fn unit(&self, units: Pointer<'c>, index: Index<'c>) -> Index<'c> {
        let narrow = self.context.i32_type();
        let unit = self.read(narrow, self.element(narrow, units, index), 4).into_int_value();
        built(self.builder.build_int_z_extend(unit, self.index, ""))
    }

    pub fn load_number(&self, from: Pointer<'c>) -> Scalar<'c> {
        self.read(self.number, from, UNALIGNED).into_float_value()
    }

    pub fn load(&self, from: Pointer<'c>) -> Vector<'c> {
        self.read(self.vector, from, UNALIGNED).into_vector_value()
    }

    pub fn load_weights(&self, from: Pointer<'c>) -> Vector<'c> {
        self.read(self.vector, from, ALIGNED).into_vector_value()
    }

    pub fn store(&self, value: impl BasicValue<'c>, to: Pointer<'c>) {
        let store = built(self.builder.build_store(to, value));
        store.set_alignment(UNALIGNED).expect("a power of two");
    }

    pub fn zero(&self) -> Vector<'c> {
        self.vector.const_zero()
    }

    /// Returns a vector with `value` in every lane.
    pub fn same(&self, value: f32) -> Vector<'c> {
        VectorType::const_vector(&[self.number.const_float(f64::from(value)); LANES])
    }

    /// Returns a vector with a computed number in every lane.
    pub fn splat(&self, value: Scalar<'c>) -> Vector<'c> {
        let lanes = self.context.i32_type();
        let poison = self.vector.get_poison();
        let first = built(self.builder.build_insert_element(poison, value, lanes.const_zero(), ""));
        let mask = lanes.vec_type(LANES as u32).const_zero();
        built(self.builder.build_shuffle_vector(first, poison, mask, ""))
    }

    pub fn add_index(&self, a: Index<'c>, b: Index<'c>) -> Index<'c> {
        built(self.builder.build_int_add(a, b, ""))
    }

    /// Returns `together` indices from `first`, which is below `count`; those that would not be below `count` are
    /// replaced by the last one that is. Doing some work twice costs less than compiling code for the rest would.
    pub fn places(&self, first: Index<'c>, together: usize, count: Index<'c>) -> Vec<Index<'c>> {
        let last = built(self.builder.build_int_sub(count, self.constant(1), ""));
        let place = |number| {
            let place = self.add_index(first, self.constant(number));
            let is_there = built(self.builder.build_int_compare(IntPredicate::SLT, place, count, ""));
            built(self.builder.build_select(is_there, place, last, "")).into_int_value()
        };
        (0..together).map(place).collect()
    }

    pub fn scale_index(&self, a: Index<'c>, by: usize) -> Index<'c> {
        built(self.builder.build_int_mul(a, self.constant(by), ""))
    }

    pub fn add(&self, a: Vector<'c>, b: Vector<'c>) -> Vector<'c> {
        built(self.builder.build_float_add(a, b, ""))
    }

    pub fn sub(&self, a: Vector<'c>, b: Vector<'c>) -> Vector<'c> {
        built(self.builder.build_float_sub(a, b, ""))
    }

    pub fn mul(&self, a: Vector<'c>, b: Vector<'c>) -> Vector<'c> {
        built(self.builder.build_float_mul(a, b, ""))
    }

    pub fn div(&self, a: Vector<'c>, b: Vector<'c>) -> Vector<'c> {
        built(self.builder.build_float_div(a, b, ""))
    }

    /// Returns what the intrinsic `name`, declared for `types`, computes from one vector.
    pub fn intrinsic(&self, name: &str, types: &[VectorType<'c>], of: Vector<'c>) -> Vector<'c> {
        let types: Vec<_> = types.iter().map(|&vector| vector.into()).collect();
        let function = Intrinsic::find(name).and_then(|found| found.get_declaration(self.module, &types));
        self.call_function(function.expect("LLVM has it"), of)
    }

    /// Returns what the helper `name` computes from a vector.
    pub fn call(&self, name: &str, of: Vector<'c>) -> Vector<'c> {
        self.call_function(self.module.get_function(name).expect("helpers are written first"), of)
    }

    fn call_function(&self, function: FunctionValue<'c>, of: Vector<'c>) -> Vector<'c> {
        let call = built(self.builder.build_call(function, &[of.into()], ""));
        call.try_as_basic_value().unwrap_basic().into_vector_value()
    }

    /// Writes a loop and returns the first index that was not taken, with the values that the last turn hands on, or
    /// `carried` if there is no turn. `body` is given the index and the values that the turn before handed on, and
    /// hands on as many.
    pub fn repeat(
        &self,
        LoopRange { start, end, step }: LoopRange<'c>,
        carried: Vec<Vector<'c>>,
        body: impl FnOnce(Index<'c>, Vec<Vector<'c>>) -> Vec<Vector<'c>>,
    ) -> (Index<'c>, Vec<Vector<'c>>) {
        let constant = |index: Index| index.get_zero_extended_constant();
        if let (Some(first), Some(last)) = (constant(start), constant(end))
            && first < last
            && first + step as u64 >= last
        {
            return (self.add_index(start, self.constant(step)), body(start, carried));
        }
        let before = self.builder.get_insert_block().expect("a function is being written");
        let [head, inside, after] = [(); 3].map(|()| self.context.append_basic_block(self.function, ""));
        built(self.builder.build_unconditional_branch(head));
        self.builder.position_at_end(head);
        let index = built(self.builder.build_phi(self.index, ""));
        index.add_incoming(&[(&start, before)]);
        let phis: Vec<_> = carried.iter().map(|_| built(self.builder.build_phi(self.vector, ""))).collect();
        let values: Vec<Vector> = phis.iter().map(|phi| phi.as_basic_value().into_vector_value()).collect();
        let place = index.as_basic_value().into_int_value();
        let more = built(self.builder.build_int_compare(IntPredicate::SLT, place, end, ""));
        built(self.builder.build_conditional_branch(more, inside, after));
        self.builder.position_at_end(inside);
        let handed_on = body(place, values.clone());
        let next = self.add_index(place, self.constant(step));
        let latch = self.builder.get_insert_block().expect("a function is being written");
        built(self.builder.build_unconditional_branch(head));
        index.add_incoming(&[(&next, latch)]);
        for ((phi, first), next) in phis.iter().zip(&carried).zip(&handed_on) {
            phi.add_incoming(&[(first, before), (next, latch)]);
        }
        self.builder.position_at_end(after);
        (place, values)
    }
}

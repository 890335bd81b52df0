//! Modules of MLIR in and out.

#[cfg(test)]
mod tests {
    use melior::Context;

    #[test]
    fn links() {
        let context = Context::new();
        let m = melior::ir::Module::parse(&context, "module {}").unwrap();
        assert!(m.as_operation().to_string().contains("module"));
    }
}

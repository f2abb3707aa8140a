"""Is an abstract step right about every world? Its two versions, a lifting proof, an exhaustion."""

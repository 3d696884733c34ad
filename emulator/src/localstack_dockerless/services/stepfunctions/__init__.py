"""Step Functions with JSONata, without a Java virtual machine."""

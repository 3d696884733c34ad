aws lambda update-function-configuration --function-name reports \
    --ephemeral-storage Size=2048 --query EphemeralStorage

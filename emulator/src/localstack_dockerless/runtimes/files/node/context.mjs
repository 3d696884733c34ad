// What a handler gets as its second argument.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html

export function createContext(headers, takesCallbacks) {
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  const context = {
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: parse(headers["lambda-runtime-client-context"]),
    identity: parse(headers["lambda-runtime-cognito-identity"]),
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    awsRequestId: headers["lambda-runtime-aws-request-id"],
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  return takesCallbacks ? { callbackWaitsForEmptyEventLoop: true, ...context } : context;
}

const parse = (text) => (text ? JSON.parse(text) : undefined);

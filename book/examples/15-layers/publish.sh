python3 -m zipfile -c layer.zip python/
aws lambda publish-layer-version --layer-name pricing \
  --zip-file fileb://layer.zip --compatible-runtimes python3.13 \
  --query LayerVersionArn --output text

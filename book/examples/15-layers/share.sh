aws lambda add-layer-version-permission --layer-name pricing \
  --version-number 1 --statement-id partner --principal 111122223333 \
  --action lambda:GetLayerVersion

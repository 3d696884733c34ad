"""ECR private registries: moto's repositories, with images that can be pushed and pulled.

`control` corrects and completes the API, `registry` is the HTTP interface that Docker and other tools speak, `tokens` lets
them in, `manifests` knows images and `blobs` keeps what they are made of as files.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
"""

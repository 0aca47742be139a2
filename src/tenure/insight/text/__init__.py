from tenure.insight.text.classifier import TextClassifier

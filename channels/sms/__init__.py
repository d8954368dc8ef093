"""SMS by two roads: `smsru.SmsRu` over HTTP and `smpp.Smpp` straight to an operator.

Nothing is exported here: whoever takes one road does not load the other's library.
"""

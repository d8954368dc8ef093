"""Who and where: names, phones, e-mails, towns and addresses."""

# The job file: names of its sections and the lines in them.
file-client = Client
file-address = Address
file-building = building { $number }
file-structure = structure { $number }
file-flat = flat { $number }
file-entrance = entrance { $number }
file-floor = floor { $number }
file-intercom = intercom { $number }
file-time = Time
file-when = Start { $day }, { $time }
file-duration = { $shortest } – { $longest } of work
file-diagnosis = What is wrong
file-trade = Trade: { $trade ->
    [electrical] electrical
    [plumbing] plumbing
    [appliance] appliances
   *[general] small repairs
}
file-urgency = Urgency: { $urgency ->
    [urgent] urgent
    [flexible] whenever it suits
   *[standard] standard
}
file-badge = { $urgency ->
    [urgent] URGENT
    [flexible] Whenever it suits
   *[standard] Standard urgency
}
file-difficulty = Difficulty: { $difficulty ->
    [easy] easy
    [hard] hard
   *[medium] medium
}
file-who = Who may do it: { $who ->
    [anyone] any master of this trade
    [licensed] only with a certificate
    [gas_service] only the gas emergency service, phone 104
   *[qualified] a master used to such work, in electrics with safety group III or above
}
file-price = Price
file-quoted = The client was told { $price }, within { $range }
file-earn = You earn after all fees: { $earn }
file-payment = Paid on site once everything works: in cash or as the terminal says
file-tools = Tools
file-consumables = Consumables
file-parts = Parts to bring or buy
file-one = 1 pc
file-part-price = { $certain ->
    [yes] { $price }, in the price
   *[no] { $price }
}
file-nothing-needed = Nothing is needed
file-safety = Safety
file-steps = Steps
file-checks = Check before you leave
file-transcript = Talk with the client
file-photos = Photos
file-media = Recordings and files
file-media-photo = Photo: { $file }
file-media-video = Video: { $file }
file-media-voice = Voice: { $file }
file-media-file = File: { $file }
file-speaker-client = Client
file-speaker-master = Master
file-speaker-naryad = Naryad
file-sent = File of job { $number }: { $link }
    .open = Open the job
file-enclosed = Job { $number }: the file has the address, the time and the steps.
    .open = Open the job
file-name = Job { $number }.pdf
refusal-FileIncomplete = The job file is not complete, so it does not go to the master. Empty: { $empty }.

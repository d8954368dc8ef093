# What a master hears: joining us, hours, terminal, money.

master-hello = Hello! I am Naryad: I find jobs for masters, with no dispatcher and no pay per lead. You get { $percent } % after the bank's fee. By going on you let me keep this chat and your data for our work: { $link }
master-ask-name-phone = { $needs ->
        [name] What is your name?
        [phone] Which number can I reach you at?
       *[both] What is your name, and which number can I reach you at?
    }
master-ask-name-phone-again = { $needs ->
        [name] Your first and last name are still to come.
        [phone] Only the phone number is left. In digits, please, such as +7 911 123-45-67.
       *[both] I need your name and phone, such as: Ivan Petrov, +7 911 123-45-67.
    }
master-ask-city = Which city do you work in?
    .yes = { $city }
master-ask-city-again = So far we work only in { $city }. Are you there?
    .yes = Yes, { $city }
master-ask-trades = What do you do: electrical, plumbing, appliances, small repairs? Several are fine.
master-ask-trades-again = Name one or more: electrical, plumbing, appliances, small repairs.
master-ask-years = How many years have you worked, and do you have certificates?
master-ask-hours = When can you work? For example: “tomorrow 8 to 20” or “Mon–Fri 9–18”.
master-ask-hours-again = I need a day and hours, for example: “tomorrow 8 to 20” or “weekdays 9–18”.
master-hours-set = Hours noted:
    { $days }
master-hours-day = { $day }: { $spans }
master-hours-off = { $day }: off
master-ask-terminal = The last step is the terminal. It is a page on your phone that brings jobs and payments.
    .smartphone = Open on my phone
    .physical = I need a separate device
master-ask-terminal-again = Where would you rather take payments: on your own phone or on a separate device?
    .smartphone = Open on my phone
    .physical = I need a separate device
master-terminal-link = Your terminal: { $link } Open it on your phone and share it with nobody.
master-terminal-physical = The device is ordered, and the owner will tell you where to pick it up. Until then work through the page: { $link }
master-ready = All set, you are in. I will write as soon as there is a job.
master-phone-taken = We already have a master with this phone. Open your terminal by the link you were given. If it is lost, write to the owner.
master-help = Write your hours (“tomorrow 8 to 20”), “earnings” or “pause”. Jobs come by themselves.
master-help-joining = Just answer the questions, it takes a couple of minutes. Then jobs come by themselves.
master-not-now = All right, I leave you in peace. If you want to work, just write: I remember all you told me.
master-pay = You get { $percent } % of each payment after the bank's fee. Jobs and answers to them cost nothing.
master-thanks = You are welcome! Have a good day's work.
master-fine = Good.
master-earnings = You earned { $today } today. Your balance is { $balance }.
master-earnings-debt = You earned { $today } today. You owe { $debt } from cash, and I will net it from the next payouts.
master-paused = Paused. No jobs until you press the button or write “working”.
    .resume = Working
master-resumed = Welcome back. Jobs come in your hours again.
master-not-understood = I did not get that. Write your hours, “earnings” or “pause”, and press the buttons under a job.
master-morning = Good morning! Working today { $spans }?
    .yes = Yes
    .no = Not today
master-morning-none = Good morning! No hours for today. If you do work, write, for example: “10 to 18”.
master-morning-yes = Good, today's hours stand.
master-morning-no = Got it, no jobs today. Have a good rest.
master-silent-paused = Two mornings without an answer, so I paused you. Press the button or write “working”, and jobs come back.
    .resume = Working

# Money.
master-payment-consent = { $amount } is outside { $range }. I have asked the client and am waiting for a yes.
client-payment-consent = For job { $number } the master asks { $amount }, while we agreed on { $range }. Do you agree?
    .yes = Yes, I agree
    .no = No, I don't
master-payment-agreed = The client agrees to { $amount }. You can take the payment.
master-payment-refused = The client does not agree to { $amount }. You agreed on { $range }.
client-payment-agreed = All right, I told the master: { $amount }.
client-payment-refused = Got it, the sum stays within { $range }. I told the master.
client-receipt = { $amount } paid for job { $number }. Thank you! How was the master?
client-receipt-change = { $amount } paid for job { $number }, change { $change }. Thank you! How was the master?
master-earned = Job { $number } is paid. You get { $earned } for it, { $today } in all today.
master-earned-cash = Job { $number } is paid in cash: { $amount }. You get { $earned } for it, { $today } in all today. The { $due } of fee and commission is yours to return: I net it from payouts, the debt is now { $debt }.
master-friday = The balance goes to your account on Friday.
master-cap-reached = Your cash debt is { $debt }, which is the limit. I cannot take more cash until it is lower.
master-debt-paid = Received { $amount } against the debt. { $debt } left.
master-payment-remind = Job { $number } is done but not paid. Open the terminal and take the payment.

master-remind = I am still here. Answer the question above and we can begin.
master-job-corrected = The client corrected job { $number }.
    Address: { $address }
    Client: { $client }, { $phone }

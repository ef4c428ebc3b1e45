"""Services of the network itself: names, time, directories, mail, printers and cameras."""

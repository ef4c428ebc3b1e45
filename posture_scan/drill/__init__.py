"""The restore drill: seal a canary file, let the backup run, have the engine bring it back.

The only part of the program that writes on the client's side, and only when asked to: ``seal``
puts one small file into each named folder, ``verify`` restores copies of them into a temporary
folder and takes both away. The engine is the customer's own, and so are its passwords: they come
from the engine's own means (environment, password file, ssh key) and are never seen, stored or
printed here.
"""

"""What SSH is between AWS's containers: mpirun on the first host of a job starts its daemon on another one.

All hosts are processes of one machine and share a private folder, in which each host that waits has a socket.
"""

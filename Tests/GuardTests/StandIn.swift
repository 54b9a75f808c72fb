import Guard
